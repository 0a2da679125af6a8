// The rows of the trained input matrix in the order of the model file: words, then the hash buckets
// that have a row. Their order in memory differs from run to run.
#pragma once

#include <cstdint>

#include "core/bucket_rows.h"

namespace wordfire {

class RowsInUse {
 public:
  // file_rows: words and all buckets. buckets: outlives this object.
  RowsInUse(const BucketRows& buckets, int64_t file_rows)
      : buckets_(buckets), file_rows_(file_rows) {}

  // The next row of the trained matrix; not to be asked for more often than there are rows.
  [[nodiscard]] int32_t next() {
    int32_t row = -1;
    while (row < 0) row = buckets_.trained_row(at_++);
    return row;
  }
  // How many there are in all.
  [[nodiscard]] int64_t count() const {
    int64_t rows = 0;
    for (int64_t row = 0; row < file_rows_; ++row) rows += buckets_.trained_row(row) >= 0 ? 1 : 0;
    return rows;
  }

 private:
  const BucketRows& buckets_;
  int64_t file_rows_;
  int64_t at_ = 0;
};

}  // namespace wordfire
