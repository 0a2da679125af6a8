#include "core/row_copies.h"

#include <algorithm>

#include "core/row_kernels.h"

namespace wordfire {
namespace {

// Rows of the matrix that are asked for ahead: they lie anywhere.
constexpr size_t kAhead = 12;

float dot(const float* x, const float* y, int32_t width) {
  float product = 0;
  kernels::dot_rows({reinterpret_cast<const std::byte*>(x), 1, width, 0}, nullptr, 1, y, &product);
  return product;
}

}  // namespace

RowCopies::RowCopies(SharedMatrix& shared)
    : shared_(&shared),
      copies_(shared.rows(), shared.dim()),
      places_(static_cast<size_t>(shared.rows()), -1) {}

void RowCopies::clear() {
  for (const int32_t id : ids_) places_[static_cast<size_t>(id)] = -1;
  ids_.clear();
}

int32_t RowCopies::copy(int32_t id) {
  const auto place = static_cast<int32_t>(ids_.size());
  ids_.push_back(id);
  places_[static_cast<size_t>(id)] = place;
  const int32_t width = padded_width(shared_->dim());
  std::copy(shared_->row(id), shared_->row(id) + width, copies_.row(place));
  return place;
}

void RowCopies::keep_moves() {
  for (size_t place = 0; place < ids_.size(); ++place) {
    if (place + kAhead < ids_.size()) shared_->prefetch_row(ids_[place + kAhead]);
    copies_.add_to_row(static_cast<int64_t>(place), shared_->row(ids_[place]), -1);
  }
}

MoveCombiner::MoveCombiner(SharedMatrix& shared)
    : shared_(&shared), sums_(static_cast<size_t>(shared.rows())) {}

void MoveCombiner::add(std::span<RowCopies* const> moves, int part, int parts) {
  const auto is_mine = [&](int32_t id) { return id % parts == part; };
  for (RowCopies* of_one : moves) {
    of_one->for_each_move([&](int32_t id, float* move) {
      if (!is_mine(id)) return;
      float*& sum = sums_[static_cast<size_t>(id)];
      if (sum == nullptr) {
        sum = move;
        shared_->prefetch_row(id);
      } else {
        combine(sum, move);
      }
    });
  }
  for (RowCopies* of_one : moves) {
    of_one->for_each_move([&](int32_t id, const float*) {
      if (!is_mine(id)) return;
      float*& sum = sums_[static_cast<size_t>(id)];
      if (sum == nullptr) return;
      shared_->add_to_row(id, sum, 1);
      sum = nullptr;
    });
  }
}

void MoveCombiner::combine(float* sum, const float* move) const {
  const int32_t width = padded_width(shared_->dim());
  const float along = dot(sum, move, width);
  if (along > 0) {
    const float of_sum = dot(sum, sum, width);
    const float of_move = dot(move, move, width);
    if (of_sum >= of_move) {
      kernels::add_scaled(sum, -along / of_sum, width, sum);
    } else {
      kernels::add_scaled(move, -along / of_move, width, sum);
    }
  }
  kernels::add_scaled(move, 1, width, sum);
}

}  // namespace wordfire
