// The hashes of many lines, to count those that stand twice. Beyond a number of lines it keeps a
// fixed share of the hashes, and counts are estimates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wordfire {

class LineSet {
 public:
  // lines: how many will come.
  explicit LineSet(int64_t lines);

  // Adds a hash; returns true if it was there already.
  bool insert(uint64_t hash);
  [[nodiscard]] bool contains(uint64_t hash) const;
  // Whether this hash is among those that are kept; the others are neither inserted nor found.
  [[nodiscard]] bool keeps(uint64_t hash) const { return (hash >> 7) % share_ == 0; }
  // One in this many hashes is kept.
  [[nodiscard]] int64_t share() const { return static_cast<int64_t>(share_); }

 private:
  [[nodiscard]] size_t slot_of(uint64_t hash) const;

  uint64_t share_;
  std::vector<uint64_t> slots_;  // 0: empty
};

}  // namespace wordfire
