#include "cuda/memory_plan.h"

#include <algorithm>

#include "core/error.h"
#include "cuda/text_room.h"

namespace wordfire {
namespace {

int64_t begin_of(std::span<const int64_t> ends, int64_t i) {
  return i == 0 ? 0 : ends[static_cast<size_t>(i) - 1];
}

[[noreturn]] void fail(const CudaDevice& device, std::span<const MemoryPart> parts, int64_t needed,
                       int64_t least_corpus) {
  std::string all;
  for (const MemoryPart& part : parts) all += part.name + " " + in_mebibytes(part.bytes) + ", ";
  throw Error::usage("GPU " + std::to_string(device.ordinal) + ", " + device.name +
                     ": training needs " + in_mebibytes(needed) + " of its memory (" + all +
                     "text at least " + in_mebibytes(least_corpus) + ", kept free " +
                     in_mebibytes(memory_kept_free(device)) + "), " +
                     in_mebibytes(device.free_bytes) +
                     " are free; lower -dim or -bucket, raise -minCount, or choose -device cpu");
}

}  // namespace

std::string in_mebibytes(int64_t bytes) {
  constexpr int64_t kMebibyte = 1 << 20;
  return std::to_string((bytes + kMebibyte - 1) / kMebibyte) + " MiB";
}

// Two hundredths, and what contexts of CUDA take of small GPUs.
int64_t memory_kept_free(const CudaDevice& device) {
  constexpr int64_t kLeast = int64_t{128} << 20;
  return std::max(kLeast, device.free_bytes / 50);
}

int64_t room_for_corpus(const CudaDevice& device, std::span<const MemoryPart> parts,
                        int64_t least_corpus) {
  int64_t taken = memory_kept_free(device);
  for (const MemoryPart& part : parts) taken += part.bytes;
  if (taken + least_corpus > device.free_bytes) {
    fail(device, parts, taken + least_corpus, least_corpus);
  }
  return device.free_bytes - taken;
}

int64_t host_bytes_of_gpu(const CudaDevice& device, const Corpus& corpus, int64_t rows,
                          int64_t words, int64_t matrices) {
  constexpr int64_t kOfRow = sizeof(float);  // row_crowds.h
  constexpr int64_t kOfWord = 64;            // while they are made: shares, powers, a table of them
  const int64_t text = place_text(corpus, {0, corpus.examples()}).bytes;
  const bool in_pieces = text + matrices + memory_kept_free(device) > device.free_bytes;
  return rows * kOfRow + words * kOfWord + (in_pieces ? kTextPieceBytes : 0);
}

int64_t longest_line(const Corpus& corpus, const ExampleRange& range) {
  int64_t longest = 0;
  int64_t begin = begin_of(corpus.feature_end, range.begin);
  for (int64_t line = range.begin; line < range.end; ++line) {
    const int64_t end = corpus.feature_end[static_cast<size_t>(line)];
    longest = std::max(longest, end - begin);
    begin = end;
  }
  return longest;
}

}  // namespace wordfire
