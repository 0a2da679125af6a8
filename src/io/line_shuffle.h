// Puts lines into the order of random keys, in memory while they fit, else through a scratch file:
// a shuffle whose result depends on the keys alone. Lines are spread over 256 parts by the first
// byte of their keys (one distribution pass, as in Rao 1961 and Sandelius 1962); each part is then
// sorted in memory, or spread again by the next byte.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/scratch_file.h"

namespace wordfire {

class LineShuffle {
 public:
  using Write = std::function<void(std::string_view)>;

  // memory: bytes that lines may take (at least 1 MiB is used). folder: where the scratch file
  // goes, made when it is needed. threads: that sort.
  LineShuffle(int64_t memory, std::string folder, int threads);

  // key: 64 random bits of the line. line: any bytes, at most 2^32 - 1. Not thread-safe. Throws
  // Error as ScratchFile does.
  void add(uint64_t key, std::string_view line);

  // Calls write(line) in rising order of keys; lines of equal keys come as they were added. Once
  // only.
  void drain(const Write& write);

  // Bytes that went to the scratch file so far.
  [[nodiscard]] int64_t spilled() const { return scratch_ ? scratch_->size() : 0; }

 private:
  static constexpr int kParts = 256;

  struct Extent {
    int64_t offset;
    size_t bytes;
  };
  struct Part {
    std::string lines;  // records: key, length, line
    std::vector<Extent> spilled;
    [[nodiscard]] int64_t bytes() const;
  };
  struct Sorted;

  LineShuffle(int64_t memory, std::string folder, int threads, int depth);
  [[nodiscard]] Part& part_of(uint64_t key);
  void spill();
  [[nodiscard]] std::string load(Part& part) const;
  [[nodiscard]] Sorted sort(Part& part) const;
  // Drains parts [first, end) together.
  void drain_parts(int first, int end, const Write& write);
  // Drains a part that is too large to be sorted in memory.
  void drain_spilled(const Part& part, const Write& write) const;

  int64_t memory_;
  std::string folder_;
  int threads_;
  int depth_ = 0;  // bytes of the key that the parts above have in common
  std::array<Part, kParts> parts_;
  int64_t in_memory_ = 0;
  std::unique_ptr<ScratchFile> scratch_;
};

}  // namespace wordfire
