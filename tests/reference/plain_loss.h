// The losses of one example as plain formulas in double, natural logarithms.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace wordfire::reference {

using Vector = std::vector<double>;
using Rows = std::vector<Vector>;

inline double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// -log softmax(rows . hidden)[target].
inline double softmax_loss(const Rows& rows, const Vector& hidden, int32_t target) {
  double sum = 0;
  for (const Vector& row : rows) sum += std::exp(dot(row, hidden));
  return std::log(sum) - dot(rows[static_cast<size_t>(target)], hidden);
}

// A logistic unit: an output row, and whether the example is positive for it.
using Unit = std::pair<int32_t, bool>;

// - sum of log sigmoid(+-row . hidden).
inline double logistic_loss(const Rows& rows, const Vector& hidden,
                            const std::vector<Unit>& units) {
  double loss = 0;
  for (const auto& [row, positive] : units) {
    const double x = dot(rows[static_cast<size_t>(row)], hidden);
    loss += std::log1p(std::exp(positive ? -x : x));
  }
  return loss;
}

}  // namespace wordfire::reference
