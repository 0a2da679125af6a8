// A worker's own copy of rows that all workers move all the time. Without it every update would
// fetch the row's cache line from another core. merge() adds what the worker has changed to the
// shared rows and takes over what the others have (hot words cached by thread: Vuurens et al. 2016,
// arXiv:1606.07822).
#pragma once

#include <cstdint>

#include "core/shared_matrix.h"

namespace wordfire {

class PrivateRows {
 public:
  PrivateRows() = default;
  // Copies rows [0, rows) of `shared`, which outlives this object.
  PrivateRows(SharedMatrix& shared, int64_t rows);

  [[nodiscard]] SharedMatrix& rows() { return mine_; }
  // shared += mine - (mine after the last merge); mine = shared.
  void merge();

 private:
  SharedMatrix* shared_ = nullptr;
  SharedMatrix mine_;
  SharedMatrix merged_;  // mine_ after the last merge
};

}  // namespace wordfire
