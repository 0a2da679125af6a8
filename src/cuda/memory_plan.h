// What training needs of a GPU's memory, reckoned before it starts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/backend.h"
#include "cuda/cuda_device.h"

namespace wordfire {

struct MemoryPart {
  std::string name;  // "input matrix"
  int64_t bytes = 0;
};

// Left alone for the driver and for what others start meanwhile.
[[nodiscard]] int64_t memory_kept_free(const CudaDevice& device);

// Bytes that are left for the corpus beside the parts. Throws Error (usage) when that is less than
// least_corpus; the message has all numbers and says what to do.
[[nodiscard]] int64_t room_for_corpus(const CudaDevice& device, std::span<const MemoryPart> parts,
                                      int64_t least_corpus);

// Bytes of words, ends of lines and tokens of `lines` on the device.
[[nodiscard]] int64_t device_bytes(const Corpus& corpus, const ExampleRange& lines);

// The range in runs of lines that take at most `bytes` each, and have at least one line.
[[nodiscard]] std::vector<ExampleRange> corpus_pieces(const Corpus& corpus,
                                                      const ExampleRange& range, int64_t bytes);

// Words of the longest line.
[[nodiscard]] int64_t longest_line(const Corpus& corpus, const ExampleRange& range);

}  // namespace wordfire
