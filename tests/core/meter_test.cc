#include "core/meter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace wordfire {
namespace {

void log(Meter& meter, std::vector<int32_t> gold, std::vector<int32_t> predicted) {
  std::vector<Prediction> predictions;
  for (const int32_t label : predicted) predictions.push_back({0.5f, label});
  meter.log(gold, predictions);
}

Meter three_examples() {
  Meter meter(3);
  log(meter, {0}, {0});
  log(meter, {0, 1}, {1});
  log(meter, {1}, {0});
  return meter;
}

TEST(Meter, CountsInTotal) {
  const Meter meter = three_examples();
  EXPECT_EQ(meter.examples(), 3);
  EXPECT_DOUBLE_EQ(meter.total().precision(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(meter.total().recall(), 2.0 / 4);
}

TEST(Meter, CountsByLabel) {
  const Meter meter = three_examples();
  EXPECT_DOUBLE_EQ(meter.of_label(0).precision(), 1.0 / 2);
  EXPECT_DOUBLE_EQ(meter.of_label(0).recall(), 1.0 / 2);
  EXPECT_DOUBLE_EQ(meter.of_label(1).precision(), 1.0);
  EXPECT_DOUBLE_EQ(meter.of_label(1).f1(), 2.0 / 3);
}

TEST(Meter, WithoutCasesThereIsNoScore) {
  const Meter meter = three_examples();
  EXPECT_TRUE(std::isnan(meter.of_label(2).precision()));
  EXPECT_TRUE(std::isnan(meter.of_label(2).recall()));
  EXPECT_TRUE(std::isnan(meter.of_label(2).f1()));
  EXPECT_TRUE(std::isnan(Meter(0).total().precision()));
}

TEST(Meter, RepeatedLabelsCountEachTimeInRecall) {
  Meter meter(1);
  log(meter, {0, 0}, {0});
  EXPECT_DOUBLE_EQ(meter.total().recall(), 0.5);
}

TEST(Meter, MergingAddsUp) {
  Meter left(3);
  Meter right(3);
  log(left, {0}, {0});
  log(right, {0, 1}, {1});
  log(right, {1}, {0});
  left.merge(right);
  EXPECT_EQ(left.examples(), 3);
  EXPECT_EQ(left.total().predicted_gold, three_examples().total().predicted_gold);
  EXPECT_EQ(left.of_label(1).gold, three_examples().of_label(1).gold);
}

TEST(Meter, ALineWithAMillionLabelsIsCountedAtOnce) {
  std::vector<int32_t> all(1 << 20);
  std::iota(all.begin(), all.end(), 0);
  Meter meter(1 << 20);
  log(meter, all, all);
  EXPECT_EQ(meter.total().predicted_gold, 1 << 20);
}

}  // namespace
}  // namespace wordfire
