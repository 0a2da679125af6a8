#include "core/bucket_rows.h"

#include <algorithm>
#include <limits>

#include "core/row_parts.h"

namespace wordfire {
namespace {
constexpr uint16_t kMost = std::numeric_limits<uint16_t>::max();

// Replaces how many buckets have a count by the first row of them, the largest count first; returns
// the row behind the last.
int64_t first_rows_of_counts(std::vector<int64_t>& sizes, int64_t row) {
  for (size_t count = kMost; count > 0; --count) {
    const int64_t size = sizes[count];
    sizes[count] = row;
    row += size * kRowParts;
  }
  return row;
}
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

std::vector<float> BucketRows::counts() const {
  std::vector<float> counts(counts_.size());
  for (size_t i = 0; i < counts.size(); ++i) {
    counts[i] = static_cast<float>(counts_[i].load(std::memory_order_relaxed));
  }
  return counts;
}

void BucketRows::set_counts(std::span<const float> counts) {
  for (size_t i = 0; i < counts.size(); ++i) {
    const auto count = static_cast<uint16_t>(std::min(counts[i], static_cast<float>(kMost)));
    counts_[i].store(count, std::memory_order_relaxed);
  }
}

// Counting sort by falling count, of each part by itself.
void BucketRows::finish() {
  std::vector<std::vector<int64_t>> next(kRowParts, std::vector<int64_t>(size_t{kMost} + 1));
  for (size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    ++next[part_of(bucket)][counts_[bucket].load(std::memory_order_relaxed)];
  }
  rows_ = first_row_;
  for (size_t part = 0; part < kRowParts; ++part) {
    const int64_t end = first_rows_of_counts(next[part], first_row_of(part));
    if (end > first_row_of(part)) rows_ = std::max(rows_, end - kRowParts + 1);
  }
  row_of_bucket_.assign(counts_.size(), -1);
  for (size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    const uint16_t count = counts_[bucket].load(std::memory_order_relaxed);
    if (count == 0) continue;
    int64_t& row = next[part_of(bucket)][count];
    row_of_bucket_[bucket] = static_cast<int32_t>(row);
    row += kRowParts;
  }
  counts_ = std::vector<std::atomic<uint16_t>>();
}

size_t BucketRows::part_of(size_t bucket) const {
  return (static_cast<size_t>(first_row_) + bucket) % kRowParts;
}

int64_t BucketRows::first_row_of(size_t part) const {
  const int64_t offset = (static_cast<int64_t>(part) - first_row_) % kRowParts;
  return first_row_ + (offset < 0 ? offset + kRowParts : offset);
}

void BucketRows::renumber(std::span<int32_t> rows) const {
  for (int32_t& row : rows) row = trained_row(row);
}

}  // namespace wordfire
