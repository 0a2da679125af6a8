// What training needs of a GPU's memory, reckoned before it starts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "core/backend.h"
#include "cuda/cuda_device.h"

namespace wordfire {

struct MemoryPart {
  std::string name;  // "input matrix"
  int64_t bytes = 0;
};

// "12 MiB", rounded up.
[[nodiscard]] std::string in_mebibytes(int64_t bytes);

// Left alone for the driver and for what others start meanwhile.
[[nodiscard]] int64_t memory_kept_free(const CudaDevice& device);

// Bytes that are left for the corpus beside the parts. Throws Error (usage) when that is less than
// least_corpus; the message has all numbers and says what to do.
[[nodiscard]] int64_t room_for_corpus(const CudaDevice& device, std::span<const MemoryPart> parts,
                                      int64_t least_corpus);

// Bytes of the host's memory that training there takes on top of what the host has of it: tables,
// and where a text larger than the GPU goes through. What CUDA itself takes the process has
// already: it was started when the GPU was looked for. rows: of both matrices; words: of the
// vocabulary; matrices: bytes.
[[nodiscard]] int64_t host_bytes_of_gpu(const CudaDevice& device, const Corpus& corpus,
                                        int64_t rows, int64_t words, int64_t matrices);

// How long lines may be for which memory is kept when one of `longest` words has come and there was
// room for `before`: an eighth longer at least, so that lines that grow little by little do not ask
// for memory time and again.
[[nodiscard]] inline int64_t room_for_lines(int64_t longest, int64_t before) {
  return longest <= before ? before : std::max(longest, before + before / 8);
}

// Words of the longest line.
[[nodiscard]] int64_t longest_line(const Corpus& corpus, const ExampleRange& range);

}  // namespace wordfire
