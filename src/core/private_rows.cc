#include "core/private_rows.h"

#include <algorithm>

namespace wordfire {

PrivateRows::PrivateRows(SharedMatrix& shared, int64_t rows)
    : shared_(&shared), mine_(rows, shared.dim()), merged_(rows, shared.dim()) {
  std::copy(shared.row(0), shared.row(rows), mine_.row(0));
  std::copy(shared.row(0), shared.row(rows), merged_.row(0));
}

void PrivateRows::merge() { shared_->exchange(mine_, merged_); }

}  // namespace wordfire
