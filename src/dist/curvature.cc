#include "dist/curvature.h"

#include <algorithm>
#include <cmath>

namespace wordfire {
namespace {

float dot(const float* x, const float* y, int32_t dim) {
  // Eight sums, which the compiler keeps in vector registers.
  float sums[8] = {};
  int32_t k = 0;
  for (; k + 8 <= dim; k += 8) {
    for (int32_t i = 0; i < 8; ++i) sums[i] += x[k + i] * y[k + i];
  }
  for (; k < dim; ++k) sums[0] += x[k] * y[k];
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

void add_scaled(const float* x, float alpha, int32_t dim, float* y) {
  for (int32_t k = 0; k < dim; ++k) y[k] += alpha * x[k];
}

}  // namespace

Curvature::Curvature(int32_t dim, int32_t directions)
    : dim_(dim),
      directions_(std::min(dim, directions)),
      basis_(directions_, dim),
      next_(directions_, dim) {
  strength_.assign(static_cast<size_t>(directions_), 0);
  // Of length 1, about.
  const float unit = std::sqrt(3 * static_cast<float>(dim_));
  for (int32_t k = 0; k < directions_; ++k) {
    float* const mine = basis_.row(k);
    first_row(1, k, dim_, mine);
    for (int32_t d = 0; d < dim_; ++d) mine[d] *= unit;
  }
}

void Curvature::project(const float* x, float* out) const {
  basis_.dot_rows(nullptr, directions_, x, out);
}

void Curvature::add(const float* parts, float* y) const {
  basis_.add_scaled_rows(nullptr, {parts, static_cast<size_t>(directions_)}, y);
}

void Curvature::look_at(const SharedMatrix& rows, std::span<const int64_t> ids,
                        std::span<const float> weights) {
  for (int32_t k = 0; k < directions_; ++k) std::fill_n(next_.row(k), dim_, 0.0f);
  float trace = 0;
  float all = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    const float* const x = rows.row(ids[i]);
    trace += weights[i] * dot(x, x, dim_);
    all += weights[i];
    for (int32_t k = 0; k < directions_; ++k) {
      add_scaled(x, weights[i] * dot(basis_.row(k), x, dim_), dim_, next_.row(k));
    }
  }
  float told = 0;
  for (int32_t k = 0; k < directions_; ++k) {
    float* const mine = next_.row(k);
    for (int32_t j = 0; j < k; ++j) {
      add_scaled(next_.row(j), -dot(next_.row(j), mine, dim_), dim_, mine);
    }
    const float length = std::sqrt(dot(mine, mine, dim_));
    strength_[static_cast<size_t>(k)] = all > 0 ? length / all : 0;
    told += strength_[static_cast<size_t>(k)];
    if (length <= 0) continue;  // a direction in which nothing lies stays as it was
    for (int32_t d = 0; d < dim_; ++d) mine[d] /= length;
    std::copy_n(mine, dim_, basis_.row(k));
  }
  const float left = all > 0 ? trace / all - told : 0;
  rest_ = directions_ < dim_ ? std::max(0.0f, left) / static_cast<float>(dim_ - directions_) : 0;
}

}  // namespace wordfire
