#include "train/range_size.h"

#include <gtest/gtest.h>

#include "core/option_table.h"

namespace wordfire {
namespace {

constexpr double kLine = 20;  // tokens
constexpr int64_t kLabels = 50;

TEST(RangeSize, OfUsualRunsIsTheLongest) {
  for (const TrainingMode mode : {TrainingMode::kSupervised, TrainingMode::kSkipgram,
                                  TrainingMode::kCbow, TrainingMode::kBatchSkipgram}) {
    EXPECT_EQ(range_tokens(default_options(mode), kLine, kLabels), kRangeTokens);
  }
}

TEST(RangeSize, FallsWithTheLabelsOfLossesThatMoveAllOfThem) {
  Options options = default_options(TrainingMode::kSupervised);
  for (const LossKind loss : {LossKind::kSoftmax, LossKind::kOneVsAll}) {
    options.args.loss = loss;
    // 6 * 10,000 labels * 100 / 20 tokens = 300,000 operations a token.
    EXPECT_EQ(range_tokens(options, kLine, 10'000), 1 << 17);
  }
  for (const LossKind loss : {LossKind::kHierarchicalSoftmax, LossKind::kNegativeSampling}) {
    options.args.loss = loss;
    EXPECT_EQ(range_tokens(options, kLine, 10'000), kRangeTokens);
  }
}

TEST(RangeSize, FallsWithTheWindowAndTheDimension) {
  Options options = default_options(TrainingMode::kSkipgram);
  options.args.dim = 300;
  EXPECT_EQ(range_tokens(options, kLine, 100'000), kRangeTokens / 2);
  options.args.ws = 20;
  EXPECT_EQ(range_tokens(options, kLine, 100'000), kRangeTokens / 8);
}

TEST(RangeSize, IsLongerOnAGpu) {
  constexpr Device kOnGpu = Device::kGpu;
  Options options = default_options(TrainingMode::kSkipgram);
  EXPECT_EQ(range_tokens(options, kLine, 100'000, kOnGpu), kGpuRangeTokens);
  options.args.loss = LossKind::kSoftmax;
  // 6 * 100,000 words * 100 * 5 windows = 3e8 operations a token.
  EXPECT_EQ(range_tokens(options, kLine, 100'000, kOnGpu), 1 << 15);
}

TEST(RangeSize, HasFourMillionLinesOfAClassifierOnAGpuAtMost) {
  constexpr Device kOnGpu = Device::kGpu;
  constexpr double kWords = 8;
  const Options options = default_options(TrainingMode::kSupervised);
  EXPECT_EQ(range_tokens(options, kWords, 14, kOnGpu), 8 << 22);
  // 6 * 100,000 labels * 100 / 8 = 7.5e6 operations a token.
  EXPECT_EQ(range_tokens(options, kWords, 100'000, kOnGpu), 1 << 13);
}

TEST(RangeSize, HasALeast) {
  Options options = default_options(TrainingMode::kSkipgram);
  options.args.loss = LossKind::kSoftmax;
  EXPECT_EQ(range_tokens(options, kLine, 1'000'000'000), 1 << 10);
}

}  // namespace
}  // namespace wordfire
