#include "core/bucket_rows.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "core/parallel.h"
#include "core/row_parts.h"

namespace wordfire {
namespace {

using Rows = std::vector<int32_t>;

TEST(BucketRows, WordsStayWhereTheyAre) {
  BucketRows rows(10, 5);
  rows.count(Rows{0, 3, 3, 9});
  rows.finish();
  EXPECT_EQ(rows.rows(), 10);
  for (int32_t word = 0; word < 10; ++word) EXPECT_EQ(rows.trained_row(word), word);
}

TEST(BucketRows, BucketsOfAPartStandInOrderOfFallingCount) {
  BucketRows rows(10, 30);
  rows.count(Rows{12, 20, 20, 20, 28, 28, 2});
  rows.finish();
  EXPECT_EQ(rows.rows(), 29);
  EXPECT_EQ(rows.trained_row(20), 12);
  EXPECT_EQ(rows.trained_row(28), 20);
  EXPECT_EQ(rows.trained_row(12), 28);
}

TEST(BucketRows, ABucketThatWasNeverHitHasNoRow) {
  BucketRows rows(10, 30);
  rows.count(Rows{20});
  rows.finish();
  EXPECT_EQ(rows.rows(), 13);
  for (int32_t row = 10; row < 40; ++row) EXPECT_EQ(rows.trained_row(row), row == 20 ? 12 : -1);
}

TEST(BucketRows, ARowStaysInItsPartAndNoTwoRowsMeet) {
  constexpr int32_t kWords = 13;
  BucketRows rows(kWords, 500);
  for (int32_t row = kWords; row < kWords + 500; ++row) {
    rows.count(Rows(static_cast<size_t>(row * 37 % 11), row));
  }
  rows.finish();
  std::set<int32_t> places;
  for (int32_t row = kWords; row < kWords + 500; ++row) {
    const int32_t place = rows.trained_row(row);
    if (place < 0) continue;
    EXPECT_EQ(place % kRowParts, row % kRowParts);
    EXPECT_TRUE(place >= kWords && place < rows.rows() && places.insert(place).second) << row;
  }
  EXPECT_GT(places.size(), 400u);
}

TEST(BucketRows, RenumberReplacesFileRows) {
  BucketRows rows(3, 20);
  rows.count(Rows{19, 19, 11});
  rows.finish();
  Rows features = {0, 19, 2, 11, 19};
  rows.renumber(features);
  EXPECT_EQ(features, Rows({0, 3, 2, 11, 3}));
}

TEST(BucketRows, CountsBeyondTheLargestStayThere) {
  BucketRows rows(0, 3);
  rows.count(Rows(200'000, 1));
  rows.count(Rows(70'000, 0));
  rows.count(Rows(10, 2));
  rows.finish();
  EXPECT_EQ(rows.rows(), 3);
  EXPECT_EQ(rows.trained_row(2), 2);
  EXPECT_EQ(Rows({0, 1}), Rows({rows.trained_row(0), rows.trained_row(1)}));
}

TEST(BucketRows, WithoutBucketsThereAreWordsAlone) {
  BucketRows rows(4, 0);
  rows.count(Rows{0, 1});
  rows.finish();
  EXPECT_EQ(rows.rows(), 4);
}

TEST(BucketRows, CountingOnSeveralThreadsMissesNoBucket) {
  constexpr int32_t kBuckets = 2000;
  Rows all;
  for (int32_t i = 0; i < 20 * kBuckets; ++i) all.push_back(5 + i * 7 % kBuckets);
  BucketRows rows(5, kBuckets);
  parallel_workers(4, [&](int) { rows.count(all); });
  rows.finish();
  std::set<int32_t> places;
  for (int32_t bucket = 0; bucket < kBuckets; ++bucket) places.insert(rows.trained_row(5 + bucket));
  EXPECT_EQ(rows.rows(), 5 + kBuckets);
  EXPECT_EQ(places.size(), static_cast<size_t>(kBuckets));
  EXPECT_EQ(*places.begin(), 5);
}

}  // namespace
}  // namespace wordfire
