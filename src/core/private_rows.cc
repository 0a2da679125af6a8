#include "core/private_rows.h"

#include <algorithm>

namespace wordfire {

PrivateRows::PrivateRows(SharedMatrix& shared, int64_t rows)
    : shared_(&shared), mine_(rows, shared.dim()), merged_(rows, shared.dim()) {
  std::copy(shared.row(0), shared.row(rows), mine_.row(0));
  // Not of `shared` again: another worker may have moved it since, and merge() would take that
  // back.
  std::copy(mine_.row(0), mine_.row(rows), merged_.row(0));
}

void PrivateRows::merge() { shared_->exchange(mine_, merged_); }

}  // namespace wordfire
