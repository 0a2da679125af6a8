// Which row of the trained matrix a hash bucket has. Buckets that the text never hits get no row,
// the others lie in order of falling frequency: the rows that are used most share few pages and
// stay in the cache. A row stays in its part (row_parts.h), by which deterministic training divides
// the rows: the counts are approximate and may differ from run to run. Only the place of a row
// changes, no value; files hold rows in bucket order.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

namespace wordfire {

class BucketRows {
 public:
  // first_row: rows [0, first_row) are words and stay where they are.
  BucketRows(int32_t first_row, int32_t buckets);

  // Counts every row of `rows` that belongs to a bucket. May run on several threads at once: counts
  // are then approximate (updates can be lost), but a bucket that was hit never counts 0.
  void count(std::span<const int32_t> rows);
  // What was counted so far, by bucket; replaces it. For counts that several processes add up.
  [[nodiscard]] std::vector<float> counts() const;
  void set_counts(std::span<const float> counts);
  // Orders the buckets; count() may not follow.
  void finish();
  // Replaces file rows (first_row + bucket) by rows of the trained matrix.
  void renumber(std::span<int32_t> rows) const;

  // Rows of the trained matrix: words, buckets that are used, and a few that nothing uses, since
  // parts are not equally large.
  [[nodiscard]] int64_t rows() const { return rows_; }
  // The trained row of file row `row`, or -1 for a bucket that was never hit.
  [[nodiscard]] int32_t trained_row(int64_t row) const {
    return row < first_row_ ? static_cast<int32_t>(row)
                            : row_of_bucket_[static_cast<size_t>(row - first_row_)];
  }

 private:
  [[nodiscard]] size_t part_of(size_t bucket) const;
  // The first row behind the words that belongs to a part.
  [[nodiscard]] int64_t first_row_of(size_t part) const;

  int32_t first_row_;
  int64_t rows_ = 0;
  std::vector<std::atomic<uint16_t>> counts_;  // saturating
  std::vector<int32_t> row_of_bucket_;
};

}  // namespace wordfire
