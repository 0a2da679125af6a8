#include "core/bucket_rows.h"

#include <limits>

namespace wordfire {
namespace {
constexpr uint16_t kMost = std::numeric_limits<uint16_t>::max();
}  // namespace

BucketRows::BucketRows(int32_t first_row, int32_t buckets)
    : first_row_(first_row), counts_(static_cast<size_t>(buckets)) {}

// No read-modify-write: a locked increment of a random cache line costs several times as much, and
// all that depends on a lost count is where a row lies.
void BucketRows::count(std::span<const int32_t> rows) {
  for (const int32_t row : rows) {
    if (row < first_row_) continue;
    std::atomic<uint16_t>& counter = counts_[static_cast<size_t>(row - first_row_)];
    const uint16_t seen = counter.load(std::memory_order_relaxed);
    if (seen != kMost) counter.store(static_cast<uint16_t>(seen + 1), std::memory_order_relaxed);
  }
}

// Counting sort by falling count.
void BucketRows::finish() {
  std::vector<int64_t> next(size_t{kMost} + 1);
  for (const auto& counter : counts_) ++next[counter.load(std::memory_order_relaxed)];
  int64_t row = first_row_;
  for (size_t count = kMost; count > 0; --count) {
    const int64_t size = next[count];
    next[count] = row;
    row += size;
  }
  used_ = row - first_row_;
  row_of_bucket_.assign(counts_.size(), -1);
  for (size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    const uint16_t count = counts_[bucket].load(std::memory_order_relaxed);
    if (count > 0) row_of_bucket_[bucket] = static_cast<int32_t>(next[count]++);
  }
  counts_ = std::vector<std::atomic<uint16_t>>();
}

void BucketRows::renumber(std::span<int32_t> rows) const {
  for (int32_t& row : rows) row = trained_row(row);
}

}  // namespace wordfire
