#include "core/shared_matrix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/private_rows.h"
#include "tests/reference/row_loops.h"

namespace wordfire {
namespace {

SharedMatrix random_matrix(int64_t rows, int32_t dim, uint32_t seed) {
  SharedMatrix matrix(rows, dim);
  reference::RandomFloats random(seed);
  for (int64_t i = 0; i < rows; ++i) {
    for (int32_t j = 0; j < dim; ++j) matrix.row(i)[j] = random.next();
  }
  return matrix;
}

std::vector<float> first_row_of(uint64_t seed, int64_t row, int32_t dim) {
  std::vector<float> values(static_cast<size_t>(dim) + 1, 7.0f);
  first_row(seed, row, dim, values.data());
  EXPECT_EQ(values.back(), 7.0f);
  values.pop_back();
  return values;
}

TEST(SharedMatrix, BeginsWithZeros) {
  const SharedMatrix matrix(100, 7);
  EXPECT_EQ(matrix.rows(), 100);
  EXPECT_EQ(matrix.dim(), 7);
  EXPECT_TRUE(std::all_of(matrix.row(0), matrix.row(100), [](float x) { return x == 0; }));
}

TEST(SharedMatrix, RowsStartOnTheirSizeOrACacheLine) {
  for (const int32_t dim : {1, 4, 5, 8, 9, 16, 17, 100, 300}) {
    const SharedMatrix matrix(3, dim);
    const size_t alignment = std::min(64, padded_width(dim) * 4);
    for (int64_t i = 0; i < 3; ++i) {
      EXPECT_EQ(reinterpret_cast<uintptr_t>(matrix.row(i)) % alignment, 0u) << dim;
    }
    EXPECT_EQ(SharedMatrix::bytes_for(3, dim), 3 * padded_width(dim) * 4);
  }
}

TEST(SharedMatrix, LargeOnesStartOnHugePages) {
  const SharedMatrix matrix(40'000, 16);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(matrix.row(0)) % (size_t{2} << 20), 0u);
  EXPECT_EQ(matrix.row(39'999)[15], 0);
}

TEST(SharedMatrix, TheViewShowsTheRows) {
  SharedMatrix matrix = random_matrix(5, 9, 1);
  const RowsView view = matrix.view();
  EXPECT_EQ(view.rows, 5);
  EXPECT_EQ(view.dim, 9);
  for (int64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(view.row(i), reinterpret_cast<const std::byte*>(matrix.row(i)));
  }
}

TEST(SharedMatrix, MemoryThatIsNotToBeHadIsAnError) {
  try {
    const SharedMatrix matrix(int64_t{1} << 40, 300);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInternal);
    EXPECT_NE(std::string(error.what()).find("1099511627776 rows x 300"), std::string::npos)
        << error.what();
  }
}

TEST(SharedMatrix, CopiesWhateverTheThreads) {
  const SharedMatrix from = random_matrix(40'000, 5, 2);
  for (const int threads : {1, 2, 4}) {
    SharedMatrix to(40'000, 5);
    to.copy_from(from, threads);
    EXPECT_TRUE(std::equal(from.row(0), from.row(40'000), to.row(0))) << threads;
  }
}

TEST(SharedMatrix, MovingKeepsTheMemory) {
  SharedMatrix first = random_matrix(3, 4, 1);
  const float* const row = first.row(1);
  const SharedMatrix second = std::move(first);
  EXPECT_EQ(second.row(1), row);
}

TEST(FirstRow, DependsOnSeedAndRowAlone) {
  EXPECT_EQ(first_row_of(1, 5, 10), first_row_of(1, 5, 10));
  EXPECT_NE(first_row_of(1, 5, 10), first_row_of(2, 5, 10));
  EXPECT_NE(first_row_of(1, 5, 10), first_row_of(1, 6, 10));
  EXPECT_NE(first_row_of(0, 1, 10), first_row_of(1, 0, 10));
}

TEST(FirstRow, LiesWithinOneOverDimWithTheMomentsOfUniformDraws) {
  for (const int32_t dim : {1, 3, 10, 100}) {
    const double bound = 1.0 / dim;
    double sum = 0;
    double squares = 0;
    const int rows = 60'000 / dim;
    for (int64_t row = 0; row < rows; ++row) {
      for (const float x : first_row_of(1, row, dim)) {
        ASSERT_LE(std::abs(x), bound);
        sum += x / bound;
        squares += x / bound * x / bound;
      }
    }
    const double n = 1.0 * dim * rows;
    EXPECT_NEAR(sum / n, 0, 4 * std::sqrt(1 / 3.0 / n)) << dim;
    EXPECT_NEAR(squares / n, 1 / 3.0, 4 * std::sqrt(4.0 / 45 / n)) << dim;
  }
}

TEST(FirstRow, ValuesOfARowDoNotRepeat) {
  std::vector<float> values = first_row_of(1, 0, 1000);
  std::ranges::sort(values);
  EXPECT_EQ(std::ranges::adjacent_find(values), values.end());
}

TEST(PrivateRows, MergingAddsTheOwnChangesAndTakesOverOthers) {
  SharedMatrix shared(2, 3);
  shared.row(0)[1] = 5;
  PrivateRows own(shared, 2);
  EXPECT_EQ(own.rows().row(0)[1], 5);
  own.rows().row(0)[1] += 2;
  shared.row(0)[1] += 10;  // by another worker
  own.merge();
  EXPECT_EQ(shared.row(0)[1], 17);
  EXPECT_EQ(own.rows().row(0)[1], 17);
  own.merge();
  EXPECT_EQ(shared.row(0)[1], 17);
}

}  // namespace
}  // namespace wordfire
