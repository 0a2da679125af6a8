#include "core/row_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include "tests/core/each_target.h"
#include "tests/reference/row_loops.h"

namespace wordfire {
namespace {

using reference::BoundedSum;
using reference::ByteRows;
using reference::RandomFloats;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class RowKernels : public EachTarget {};
WORDFIRE_ON_EACH_TARGET(RowKernels);

// Every length around every vector width, and large ones.
std::vector<int32_t> dims() {
  std::vector<int32_t> dims(40);
  std::iota(dims.begin(), dims.end(), 1);
  dims.insert(dims.end(), {100, 128, 300});
  return dims;
}

// Rows as a mapped file has them (dense, at any byte) and as memory has them (padded, aligned).
std::vector<ByteRows> layouts(int32_t dim) {
  const int64_t dense = int64_t{dim} * 4;
  std::vector<ByteRows> layouts;
  for (const size_t offset : {0, 1, 2, 3, 7}) layouts.emplace_back(6, dim, dense, offset);
  layouts.emplace_back(6, dim, padded_width(dim) * 4, 0);
  layouts.emplace_back(6, dim, dense + 13, 5);
  return layouts;
}

void check_sum(const ByteRows& rows, const std::vector<int32_t>& ids, int64_t n, float scale) {
  const RowsView view = rows.view();
  std::vector<float> out(static_cast<size_t>(buffer_width(view.dim)), kNan);
  const auto ahead = static_cast<int64_t>(ids.size()) - n;
  kernels::sum_rows(view, ids.data(), n, ahead, scale, out.data());
  for (int32_t j = 0; j < view.dim; ++j) {
    BoundedSum sum;
    for (int64_t i = 0; i < n; ++i)
      sum.add(double{scale} * rows.at(ids[static_cast<size_t>(i)], j));
    ASSERT_NEAR(out[static_cast<size_t>(j)], sum.value(), sum.bound()) << view.dim << " " << j;
  }
  for (size_t j = static_cast<size_t>(view.dim); j < out.size(); ++j) ASSERT_EQ(out[j], 0) << j;
}

void check_dots(const ByteRows& rows, const int32_t* ids, int64_t n) {
  const RowsView view = rows.view();
  const std::vector<float> x = RandomFloats(5).vector(view.dim, buffer_width(view.dim));
  std::vector<float> out(static_cast<size_t>(n));
  kernels::dot_rows(view, ids, n, x.data(), out.data());
  for (int64_t i = 0; i < n; ++i) {
    BoundedSum sum;
    for (int32_t j = 0; j < view.dim; ++j) {
      sum.add(double{rows.at(ids ? ids[i] : i, j)} * x[static_cast<size_t>(j)]);
    }
    ASSERT_NEAR(out[static_cast<size_t>(i)], sum.value(), sum.bound()) << view.dim << " row " << i;
  }
}

TEST_P(RowKernels, SumsRowsAtAnyAddress) {
  for (const int32_t dim : dims()) {
    for (const ByteRows& rows : layouts(dim)) check_sum(rows, {5, 0, 3, 3, 1}, 5, 0.25f);
  }
}

TEST_P(RowKernels, SumsAnyNumberOfRowsWithAnyNumberAhead) {
  const ByteRows rows(6, 20, 80, 1);
  for (const int64_t n : {0, 1, 2, 47, 48, 49, 200}) {
    for (const int64_t ahead : {0, 1, 100}) {
      std::vector<int32_t> ids;
      for (int64_t i = 0; i < n + ahead; ++i) ids.push_back(static_cast<int32_t>(i * 5 % 6));
      check_sum(rows, ids, n, 1.0f / 3);
    }
  }
}

TEST_P(RowKernels, DotsWithRowsAtAnyAddress) {
  const std::vector<int32_t> ids = {4, 0, 0, 5};
  for (const int32_t dim : dims()) {
    for (const ByteRows& rows : layouts(dim)) {
      check_dots(rows, ids.data(), 4);
      check_dots(rows, nullptr, 6);
      check_dots(rows, nullptr, 0);
    }
  }
}

// Padded rows for the kernels that write, aligned as a SharedMatrix is; the same rows for loops.
struct PaddedRows {
  PaddedRows(int64_t rows, int32_t dim)
      : width(padded_width(dim)),
        memory(static_cast<size_t>(rows * width + 16)),
        before(memory.size()) {
    void* start = memory.data();
    size_t space = memory.size() * sizeof(float);
    base = static_cast<float*>(std::align(64, 1, start, space));
    RandomFloats random(static_cast<uint32_t>(dim));
    for (int64_t i = 0; i < rows; ++i) {
      for (int32_t j = 0; j < dim; ++j) base[i * width + j] = random.next();
    }
    before.assign(base, base + rows * width);
  }
  [[nodiscard]] float was(int64_t row, int32_t j) const {
    return before[static_cast<size_t>(row * width + j)];
  }

  int32_t width;
  std::vector<float> memory;
  std::vector<float> before;
  float* base = nullptr;
};

// What the kernels below are given: `n` steps over six rows.
struct Steps {
  explicit Steps(int32_t dim)
      : rows(6, dim),
        hidden(RandomFloats(1).vector(dim, buffer_width(dim))),
        gradient(RandomFloats(2).vector(dim, buffer_width(dim))),
        alpha(RandomFloats(3).vector(4, 6)) {}

  PaddedRows rows;
  std::vector<float> hidden;
  std::vector<float> gradient;
  std::vector<float> alpha;
};

constexpr int32_t kDistinct[] = {4, 0, 5, 2};

// The gradient that outer_update and add_scaled_rows give: rows as they were before the call.
void check_gradient(const Steps& steps, const std::vector<float>& before, const int32_t* ids,
                    int64_t n) {
  for (int32_t j = 0; j < steps.rows.width; ++j) {
    BoundedSum sum;
    sum.add(before[static_cast<size_t>(j)]);
    for (int64_t i = 0; i < n; ++i) {
      sum.add(double{steps.alpha[static_cast<size_t>(i)]} * steps.rows.was(ids ? ids[i] : i, j));
    }
    ASSERT_NEAR(steps.gradient[static_cast<size_t>(j)], sum.value(), sum.bound()) << j;
  }
}

// Row i of the matrix was moved by alpha[k] * hidden for each k with ids[k] == i.
void check_moved_rows(const Steps& steps, const int32_t* ids, int64_t n) {
  for (int64_t row = 0; row < 6; ++row) {
    for (int32_t j = 0; j < steps.rows.width; ++j) {
      BoundedSum sum;
      sum.add(steps.rows.was(row, j));
      for (int64_t i = 0; i < n; ++i) {
        if ((ids ? ids[i] : i) != row) continue;
        sum.add(double{steps.alpha[static_cast<size_t>(i)]} * steps.hidden[static_cast<size_t>(j)]);
      }
      ASSERT_NEAR(steps.rows.base[row * steps.rows.width + j], sum.value(), sum.bound());
    }
  }
}

TEST_P(RowKernels, OuterUpdateTakesTheGradientBeforeItMovesRows) {
  for (const int32_t dim : dims()) {
    for (const int32_t* ids : {kDistinct, static_cast<const int32_t*>(nullptr)}) {
      for (const int64_t n : {0, 1, 4}) {
        Steps steps(dim);
        const std::vector<float> before = steps.gradient;
        kernels::outer_update(steps.rows.base, steps.rows.width, ids, steps.alpha.data(), n,
                              steps.hidden.data(), steps.gradient.data());
        check_gradient(steps, before, ids, n);
        check_moved_rows(steps, ids, n);
      }
    }
  }
}

TEST_P(RowKernels, ARowThatStandsTwiceIsMovedTwice) {
  const int32_t ids[] = {3, 3, 1, 3};
  Steps steps(21);
  kernels::outer_update(steps.rows.base, steps.rows.width, ids, steps.alpha.data(), 4,
                        steps.hidden.data(), steps.gradient.data());
  check_moved_rows(steps, ids, 4);
}

TEST_P(RowKernels, AddScaledRowsLeavesTheRowsAlone) {
  for (const int32_t dim : dims()) {
    for (const int32_t* ids : {kDistinct, static_cast<const int32_t*>(nullptr)}) {
      Steps steps(dim);
      const std::vector<float> before = steps.gradient;
      kernels::add_scaled_rows(steps.rows.base, steps.rows.width, ids, steps.alpha.data(), 4,
                               steps.gradient.data());
      check_gradient(steps, before, ids, 4);
      check_moved_rows(steps, ids, 0);
    }
  }
}

TEST_P(RowKernels, AddOuterMovesNeighbouringRows) {
  for (const int32_t dim : dims()) {
    for (const int64_t n : {0, 1, 3, 6}) {
      Steps steps(dim);
      kernels::add_outer(steps.rows.base, steps.rows.width, steps.alpha.data(), n,
                         steps.hidden.data());
      check_moved_rows(steps, nullptr, n);
    }
  }
}

TEST_P(RowKernels, AddToRowsAddsOnceForEachId) {
  const int32_t ids[] = {2, 2, 0, 5, 2};
  for (const int32_t dim : dims()) {
    Steps steps(dim);
    steps.alpha.assign(6, 1.0f);
    kernels::add_to_rows(steps.rows.base, steps.rows.width, ids, 5, steps.hidden.data());
    check_moved_rows(steps, ids, 5);
  }
}

TEST_P(RowKernels, AddScaledAddsToOneVector) {
  for (const int32_t dim : dims()) {
    Steps steps(dim);
    kernels::add_scaled(steps.hidden.data(), steps.alpha[0], steps.rows.width, steps.rows.base);
    check_moved_rows(steps, nullptr, 1);
  }
}

TEST_P(RowKernels, ExchangeAddsTheOwnChangeAndTakesOverTheOthers) {
  for (const int64_t n : {0, 4, 8, 12, 16, 20, 28, 32, 36, 300, 1024}) {
    std::vector<float> shared = RandomFloats(1).vector(n, n);
    std::vector<float> mine = RandomFloats(2).vector(n, n);
    std::vector<float> merged = RandomFloats(3).vector(n, n);
    std::vector<float> expected = shared;
    for (size_t i = 0; i < expected.size(); ++i) expected[i] += mine[i] - merged[i];
    kernels::exchange(shared.data(), mine.data(), merged.data(), n);
    EXPECT_EQ(shared, expected);
    EXPECT_EQ(mine, expected);
    EXPECT_EQ(merged, expected);
  }
}

TEST_P(RowKernels, ScaleMultipliesEachValue) {
  for (const int64_t n : {0, 1, 3, 15, 16, 17, 300}) {
    std::vector<float> x = RandomFloats(1).vector(n, n + 1);
    x.back() = 7;
    std::vector<float> expected = x;
    for (size_t i = 0; i + 1 < x.size(); ++i) expected[i] *= -0.3f;
    kernels::scale(x.data(), n, -0.3f);
    EXPECT_EQ(x, expected);
  }
}

TEST_P(RowKernels, TheTargetInUseIsTheOneAskedFor) {
  EXPECT_STREQ(kernels::target_name(), hwy::TargetName(GetParam()));
}

TEST(RowWidth, RowsTakeAPowerOfTwoOrWholeCacheLines) {
  EXPECT_EQ(padded_width(1), 4);
  EXPECT_EQ(padded_width(4), 4);
  EXPECT_EQ(padded_width(5), 8);
  EXPECT_EQ(padded_width(9), 16);
  EXPECT_EQ(padded_width(16), 16);
  EXPECT_EQ(padded_width(17), 32);
  EXPECT_EQ(buffer_width(1), 16);
}

}  // namespace
}  // namespace wordfire
