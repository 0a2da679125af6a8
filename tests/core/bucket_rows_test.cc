#include "core/bucket_rows.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "core/parallel.h"

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

TEST(BucketRows, BucketsStandInOrderOfFallingCount) {
  BucketRows rows(10, 6);
  rows.count(Rows{12, 14, 14, 14, 11, 12});
  rows.count(Rows{15, 15, 15, 15, 2});
  rows.finish();
  EXPECT_EQ(rows.rows(), 14);
  EXPECT_EQ(rows.trained_row(15), 10);
  EXPECT_EQ(rows.trained_row(14), 11);
  EXPECT_EQ(rows.trained_row(12), 12);
  EXPECT_EQ(rows.trained_row(11), 13);
}

TEST(BucketRows, ABucketThatWasNeverHitHasNoRow) {
  BucketRows rows(10, 6);
  rows.count(Rows{12});
  rows.finish();
  EXPECT_EQ(rows.trained_row(12), 10);
  for (const int32_t bucket : {10, 11, 13, 14, 15}) EXPECT_EQ(rows.trained_row(bucket), -1);
}

TEST(BucketRows, RenumberReplacesFileRows) {
  BucketRows rows(3, 4);
  rows.count(Rows{6, 6, 4});
  rows.finish();
  Rows features = {0, 6, 2, 4, 6};
  rows.renumber(features);
  EXPECT_EQ(features, Rows({0, 3, 2, 4, 3}));
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
