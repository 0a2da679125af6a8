#include "train/line_set.h"

#include <algorithm>
#include <bit>

namespace wordfire {
namespace {
constexpr int64_t kMostKept = int64_t{8} << 20;  // 128 MiB of slots
}

LineSet::LineSet(int64_t lines)
    : share_(static_cast<uint64_t>(lines / kMostKept + 1)),
      slots_(std::bit_ceil(static_cast<size_t>(lines) / share_ * 2 + 16)) {}

size_t LineSet::slot_of(uint64_t hash) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = (hash >> 20) & mask;
  while (slots_[slot] != 0 && slots_[slot] != hash) slot = (slot + 1) & mask;
  return slot;
}

bool LineSet::insert(uint64_t hash) {
  if (hash == 0) hash = 1;
  uint64_t& slot = slots_[slot_of(hash)];
  const bool found = slot == hash;
  slot = hash;
  return found;
}

bool LineSet::contains(uint64_t hash) const {
  if (hash == 0) hash = 1;
  return slots_[slot_of(hash)] == hash;
}

}  // namespace wordfire
