// Along which directions the rows of a matrix pull at those of the other one, and how strongly.
//
// A step moves a row along a row of the other matrix, by as much as the score of the two is off.
// Near where it rests, a row thus moves as with the second derivative H = E[p (1 - p) x x'] over
// the rows x that it meets. E[x x'] is far from round: the rows of word vectors share a strong
// common part, so that some directions pull ten times as strongly as all the rest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/shared_matrix.h"

namespace wordfire {

class Curvature {
 public:
  // directions: how many are told apart from the rest, at most dim.
  Curvature(int32_t dim, int32_t directions);

  // One step of orthogonal iteration towards the directions of E[x x'], x being row ids[i] of
  // `rows` with probability weights[i] (of any sum, not 0).
  void look_at(const SharedMatrix& rows, std::span<const int64_t> ids,
               std::span<const float> weights);

  [[nodiscard]] int32_t directions() const { return directions_; }
  // Of length 1 and at right angles to each other: [dim].
  [[nodiscard]] const float* direction(int32_t k) const { return basis_.row(k); }
  // out[k] = x . direction k. x: buffer_width(dim) floats, zero behind dim.
  void project(const float* x, float* out) const;
  // y += the sum of parts[k] * direction k. y as x above.
  void add(const float* parts, float* y) const;
  // E[(x . direction k)^2], and the mean over the directions that are not told apart.
  [[nodiscard]] float strength(int32_t k) const { return strength_[static_cast<size_t>(k)]; }
  [[nodiscard]] float rest() const { return rest_; }

 private:
  int32_t dim_;
  int32_t directions_;
  SharedMatrix basis_;           // [directions, dim]
  SharedMatrix next_;            // likewise
  std::vector<float> strength_;  // [directions]
  float rest_ = 0;
};

}  // namespace wordfire
