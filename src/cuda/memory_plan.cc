#include "cuda/memory_plan.h"

#include <algorithm>

#include "core/error.h"

namespace wordfire {
namespace {

std::string mebibytes(int64_t bytes) {
  constexpr int64_t kMebibyte = 1 << 20;
  return std::to_string((bytes + kMebibyte - 1) / kMebibyte) + " MiB";
}

int64_t begin_of(std::span<const int64_t> ends, int64_t i) {
  return i == 0 ? 0 : ends[static_cast<size_t>(i) - 1];
}

[[noreturn]] void fail(const CudaDevice& device, std::span<const MemoryPart> parts, int64_t needed,
                       int64_t least_corpus) {
  std::string all;
  for (const MemoryPart& part : parts) all += part.name + " " + mebibytes(part.bytes) + ", ";
  throw Error::usage("GPU " + std::to_string(device.ordinal) + ", " + device.name +
                     ": training needs " + mebibytes(needed) + " of its memory (" + all +
                     "text at least " + mebibytes(least_corpus) + ", kept free " +
                     mebibytes(memory_kept_free(device)) + "), " + mebibytes(device.free_bytes) +
                     " are free; lower -dim or -bucket, raise -minCount, or choose -device cpu");
}

}  // namespace

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

int64_t device_bytes(const Corpus& corpus, const ExampleRange& lines) {
  const int64_t words =
      begin_of(corpus.feature_end, lines.end) - begin_of(corpus.feature_end, lines.begin);
  return words * int64_t{sizeof(int32_t)} + lines.size() * 2 * int64_t{sizeof(int64_t)};
}

std::vector<ExampleRange> corpus_pieces(const Corpus& corpus, const ExampleRange& range,
                                        int64_t bytes) {
  std::vector<ExampleRange> pieces;
  for (int64_t begin = range.begin; begin < range.end;) {
    // The last end whose piece is small enough.
    int64_t low = begin + 1;
    for (int64_t high = range.end; low < high;) {
      const int64_t end = low + (high - low + 1) / 2;
      if (device_bytes(corpus, {begin, end}) <= bytes) {
        low = end;
      } else {
        high = end - 1;
      }
    }
    pieces.push_back({begin, low});
    begin = low;
  }
  return pieces;
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
