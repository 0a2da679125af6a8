#include "core/row_parts.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "tests/core/each_target.h"
#include "tests/reference/row_loops.h"

namespace wordfire {
namespace {

using Lists = std::vector<std::vector<int32_t>>;

constexpr int64_t kRows = 100;

Lists random_lists(size_t examples) {
  std::mt19937 random(1);
  Lists lists(examples);
  for (auto& list : lists) {
    list.resize(random() % 70);
    for (int32_t& row : list) row = static_cast<int32_t>(random() % kRows);
  }
  return lists;
}

SharedMatrix random_matrix(int32_t dim) {
  SharedMatrix matrix(kRows, dim);
  for (int64_t i = 0; i < kRows; ++i) first_row(7, i, dim, matrix.row(i));
  return matrix;
}

// The parts of several workers, run one after the other.
struct Workers {
  Workers(SharedMatrix& matrix, const std::vector<PartRange>& ranges, const Lists& lists)
      : sums(static_cast<int64_t>(lists.size()), matrix.dim(), ranges) {
    for (const PartRange& range : ranges) {
      RowParts& worker = parts.emplace_back(matrix, range);
      worker.begin_batch(5);
      for (const auto& list : lists) worker.add_example(5, list);
      worker.sum(5, sums);
    }
  }
  std::vector<float> sum_of(int64_t example, int32_t dim) const {
    std::vector<float> out(static_cast<size_t>(buffer_width(dim)));
    sums.add_up(example, 0.5f, out.data());
    return out;
  }
  PartSums sums;
  std::vector<RowParts> parts;
};

class RowPartsTest : public EachTarget {};
WORDFIRE_ON_EACH_TARGET(RowPartsTest);

TEST_P(RowPartsTest, DividePartsCoversAllInOrder) {
  for (int workers = 1; workers <= kRowParts; ++workers) {
    for (const double share : {-1.0, 0.0, 0.2, 0.5, 1.0}) {
      const std::vector<PartRange> ranges = divide_parts(workers, share);
      ASSERT_EQ(ranges.size(), static_cast<size_t>(workers));
      int next = 0;
      for (const PartRange& range : ranges) {
        EXPECT_EQ(range.begin, next);
        EXPECT_LE(range.begin, range.end);
        next = range.end;
      }
      EXPECT_EQ(next, kRowParts);
    }
  }
}

TEST_P(RowPartsTest, SumsAreThoseOfAPlainLoop) {
  for (const int32_t dim : {1, 4, 8, 10, 16, 100, 300}) {
    SharedMatrix matrix = random_matrix(dim);
    const Lists lists = random_lists(9);
    const Workers workers(matrix, divide_parts(3, 0.2), lists);
    for (size_t i = 0; i < lists.size(); ++i) {
      const std::vector<float> fast = workers.sum_of(static_cast<int64_t>(i), dim);
      for (int32_t j = 0; j < dim; ++j) {
        reference::BoundedSum plain;
        for (const int32_t row : lists[i]) plain.add(0.5 * double{matrix.row(row)[j]});
        ASSERT_NEAR(fast[static_cast<size_t>(j)], plain.value(), plain.bound() + 1e-9);
      }
    }
  }
}

TEST_P(RowPartsTest, SumsHaveTheSameBitsHoweverThePartsAreDivided) {
  for (const int32_t dim : {3, 10, 100}) {
    SharedMatrix matrix = random_matrix(dim);
    const Lists lists = random_lists(5);
    const Workers alone(matrix, divide_parts(1, 1), lists);
    for (int workers = 2; workers <= kRowParts; ++workers) {
      for (const double share : {0.0, 0.3, 0.6}) {
        const Workers team(matrix, divide_parts(workers, share), lists);
        for (int64_t i = 0; i < 5; ++i) {
          ASSERT_EQ(team.sum_of(i, dim), alone.sum_of(i, dim)) << workers << " " << share;
        }
      }
    }
  }
}

TEST_P(RowPartsTest, MoveAddsAnExamplesGradientToEachOfItsRows) {
  for (const int32_t dim : {2, 10, 40}) {
    SharedMatrix matrix = random_matrix(dim);
    SharedMatrix plain = random_matrix(dim);
    const Lists lists = random_lists(6);
    SharedMatrix gradients(6, buffer_width(dim));
    for (int64_t i = 0; i < 6; ++i) first_row(9, i, dim, gradients.row(i));
    Workers workers(matrix, divide_parts(3, 0.1), lists);
    for (RowParts& worker : workers.parts) worker.move(5, gradients);
    for (size_t i = 0; i < lists.size(); ++i) {
      for (const int32_t row : lists[i]) {
        for (int32_t j = 0; j < dim; ++j) {
          plain.row(row)[j] += gradients.row(static_cast<int64_t>(i))[j];
        }
      }
    }
    EXPECT_EQ(std::memcmp(matrix.row(0), plain.row(0),
                          static_cast<size_t>(SharedMatrix::bytes_for(kRows, dim))),
              0);
  }
}

}  // namespace
}  // namespace wordfire
