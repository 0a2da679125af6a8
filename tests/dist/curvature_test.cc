#include "dist/curvature.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace wordfire {
namespace {

constexpr int32_t kDim = 20;
constexpr int64_t kRows = 60;

// Rows along the first three axes, with lengths 3, 2 and 1 in turn, and a little of all others.
SharedMatrix three_directions() {
  SharedMatrix rows(kRows, kDim);
  for (int64_t row = 0; row < kRows; ++row) {
    first_row(1, row, kDim, rows.row(row));
    for (int32_t k = 0; k < kDim; ++k) rows.row(row)[k] *= 0.1f;
    rows.row(row)[row % 3] = static_cast<float>(3 - row % 3);
  }
  return rows;
}

Curvature looked_at(const SharedMatrix& rows, int times, const std::vector<float>& weights) {
  std::vector<int64_t> ids(kRows);
  std::iota(ids.begin(), ids.end(), 0);
  Curvature curvature(rows.dim(), 3);
  for (int i = 0; i < times; ++i) curvature.look_at(rows, ids, weights);
  return curvature;
}

TEST(Curvature, FindsTheStrongestDirectionsAndWhatIsLeft) {
  const SharedMatrix rows = three_directions();
  const Curvature curvature = looked_at(rows, 20, std::vector<float>(kRows, 2.0f));
  for (int32_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(std::abs(curvature.direction(k)[k]), 1, 1e-3) << k;
    EXPECT_NEAR(curvature.strength(k), static_cast<float>((3 - k) * (3 - k)) / 3, 1e-2) << k;
  }
  EXPECT_GT(curvature.rest(), 0);
  EXPECT_LT(curvature.rest(), 1e-3f);
}

TEST(Curvature, CountsARowAsOftenAsItIsMet) {
  const SharedMatrix rows = three_directions();
  std::vector<float> weights(kRows, 0.0f);
  for (size_t row = 1; row < kRows; row += 3) weights[row] = 1;
  const Curvature curvature = looked_at(rows, 20, weights);
  EXPECT_NEAR(std::abs(curvature.direction(0)[1]), 1, 1e-3);
  EXPECT_NEAR(curvature.strength(0), 4, 1e-2);
}

TEST(Curvature, DirectionsStandAtRightAnglesFromTheFirstLookOn) {
  const Curvature curvature = looked_at(three_directions(), 1, std::vector<float>(kRows, 1.0f));
  for (int32_t i = 0; i < 3; ++i) {
    for (int32_t j = 0; j < 3; ++j) {
      const float* const x = curvature.direction(i);
      const float product = std::inner_product(x, x + kDim, curvature.direction(j), 0.0f);
      EXPECT_NEAR(product, i == j ? 1 : 0, 1e-5) << i << j;
    }
  }
}

TEST(Curvature, OfZerosIsNone) {
  const Curvature curvature =
      looked_at(SharedMatrix(kRows, kDim), 2, std::vector<float>(kRows, 1.0f));
  EXPECT_EQ(curvature.strength(0), 0);
  EXPECT_EQ(curvature.rest(), 0);
}

}  // namespace
}  // namespace wordfire
