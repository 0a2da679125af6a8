#include "core/activations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "tests/core/each_target.h"
#include "tests/reference/row_loops.h"

namespace wordfire {
namespace {

using reference::kEpsilon;
using reference::RandomFloats;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

class Activations : public EachTarget {};
WORDFIRE_ON_EACH_TARGET(Activations);

// Lengths around every vector width; the value behind the last must stay.
std::vector<int64_t> lengths() { return {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 300, 1003}; }

std::vector<float> softmax_of(std::vector<float> x) {
  const auto n = static_cast<int64_t>(x.size());
  x.push_back(7);
  kernels::softmax(x.data(), n);
  EXPECT_EQ(x.back(), 7);
  x.pop_back();
  return x;
}

std::vector<float> sigmoid_of(std::vector<float> x) {
  const auto n = static_cast<int64_t>(x.size());
  x.push_back(7);
  kernels::sigmoid(x.data(), n);
  EXPECT_EQ(x.back(), 7);
  x.pop_back();
  return x;
}

TEST_P(Activations, SoftmaxIsThatOfALoop) {
  for (const int64_t n : lengths()) {
    std::vector<float> x = RandomFloats(9).vector(n, n);
    for (float& value : x) value *= 20;
    const std::vector<float> fast = softmax_of(x);
    const std::vector<double> slow = reference::softmax(x);
    for (size_t i = 0; i < x.size(); ++i) {
      // The exponent, at most 40, is rounded once; exp errs by 1 unit, the rest by a few.
      EXPECT_NEAR(fast[i], slow[i], slow[i] * kEpsilon * (40 + 8));
    }
    EXPECT_NEAR(std::accumulate(fast.begin(), fast.end(), 0.0), 1, 1e-6);
  }
}

TEST_P(Activations, SoftmaxOfExtremeValues) {
  EXPECT_EQ(softmax_of({1e4f, -1e4f}), std::vector<float>({1, 0}));
  EXPECT_EQ(softmax_of({-1e4f, -1e4f}), std::vector<float>({0.5f, 0.5f}));
  EXPECT_EQ(softmax_of({1e38f, -3e38f, -kInfinity}), std::vector<float>({1, 0, 0}));
}

TEST_P(Activations, SoftmaxOfNoNumberIsNoNumber) {
  for (const float bad : {kNan, kInfinity}) {
    for (const int64_t n : lengths()) {
      for (const size_t at : {size_t{0}, static_cast<size_t>(n - 1)}) {
        std::vector<float> x = RandomFloats(9).vector(n, n);
        x[at] = bad;
        const std::vector<float> p = softmax_of(x);
        EXPECT_TRUE(std::ranges::any_of(p, [](float v) { return std::isnan(v); })) << bad << n;
        EXPECT_TRUE(std::isnan(p[at])) << bad << " of " << n;
      }
    }
  }
}

TEST_P(Activations, SigmoidIsThatOfALoop) {
  for (const int64_t n : lengths()) {
    std::vector<float> x = RandomFloats(9).vector(n, n);
    for (float& value : x) value *= 80;
    const std::vector<float> fast = sigmoid_of(x);
    for (size_t i = 0; i < x.size(); ++i) {
      const double slow = reference::sigmoid(x[i]);
      EXPECT_NEAR(fast[i], slow, slow * 8 * kEpsilon) << x[i];
    }
  }
}

TEST_P(Activations, SigmoidOfExtremeValues) {
  const std::vector<float> p = sigmoid_of({1e4f, -1e4f, kInfinity, -kInfinity, 0, 88, -88, 1e38f});
  const std::vector<float> expected = {1, 0, 1, 0, 0.5f, 1, 0, 1};
  for (size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(p[i], expected[i], 2e-38) << i;
}

TEST_P(Activations, SigmoidOfNoNumberIsNoNumber) {
  for (const int64_t n : lengths()) {
    for (const float p : sigmoid_of(std::vector<float>(static_cast<size_t>(n), kNan))) {
      EXPECT_TRUE(std::isnan(p)) << n;
    }
  }
}

}  // namespace
}  // namespace wordfire
