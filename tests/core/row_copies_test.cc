#include "core/row_copies.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace wordfire {
namespace {

constexpr int32_t kDim = 20;

SharedMatrix some_rows() {
  SharedMatrix matrix(10, kDim);
  for (int64_t i = 0; i < 10; ++i) first_row(4, i, kDim, matrix.row(i));
  return matrix;
}

void move(RowCopies& copies, int32_t id, int32_t column, float by) {
  copies.copies().row(copies.place(id))[column] += by;
}

void combine(SharedMatrix& matrix, std::vector<RowCopies*> moves) {
  for (RowCopies* of_one : moves) of_one->keep_moves();
  MoveCombiner combiner(matrix);
  for (int part = 0; part < 3; ++part) combiner.add(moves, part, 3);
}

TEST(RowCopies, ACopyIsMadeOnceAndTheMatrixStaysAsItIs) {
  SharedMatrix matrix = some_rows();
  const float before = matrix.row(3)[2];
  RowCopies copies(matrix);
  EXPECT_EQ(copies.place(3), copies.place(3));
  EXPECT_NE(copies.place(3), copies.place(4));
  move(copies, 3, 2, 1);
  EXPECT_EQ(copies.copies().row(copies.place(3))[2], before + 1);
  EXPECT_EQ(matrix.row(3)[2], before);
  copies.clear();
  EXPECT_EQ(copies.copies().row(copies.place(3))[2], before);
}

TEST(RowCopies, MovesAtRightAnglesAreAddedUp) {
  SharedMatrix matrix = some_rows();
  const SharedMatrix before = some_rows();
  RowCopies a(matrix);
  RowCopies b(matrix);
  move(a, 3, 0, 1);
  move(b, 3, 1, 2);
  move(b, 7, 5, 4);
  combine(matrix, {&a, &b});
  EXPECT_NEAR(matrix.row(3)[0], before.row(3)[0] + 1, 1e-5);
  EXPECT_NEAR(matrix.row(3)[1], before.row(3)[1] + 2, 1e-5);
  EXPECT_NEAR(matrix.row(7)[5], before.row(7)[5] + 4, 1e-5);
  EXPECT_EQ(matrix.row(8)[0], before.row(8)[0]);
}

TEST(RowCopies, OfMovesInOneDirectionTheLongerCounts) {
  for (const std::array<float, 2> lengths : {std::array{1.0f, 3.0f}, std::array{3.0f, 1.0f}}) {
    SharedMatrix matrix = some_rows();
    const float before = matrix.row(2)[4];
    RowCopies a(matrix);
    RowCopies b(matrix);
    move(a, 2, 4, lengths[0]);
    move(b, 2, 4, lengths[1]);
    combine(matrix, {&a, &b});
    EXPECT_NEAR(matrix.row(2)[4], before + 3, 1e-5);
  }
}

TEST(RowCopies, MovesAgainstEachOtherAreAddedUp) {
  SharedMatrix matrix = some_rows();
  const float before = matrix.row(2)[4];
  RowCopies a(matrix);
  RowCopies b(matrix);
  move(a, 2, 4, 3);
  move(b, 2, 4, -1);
  combine(matrix, {&a, &b});
  EXPECT_NEAR(matrix.row(2)[4], before + 2, 1e-5);
}

}  // namespace
}  // namespace wordfire
