// The plain kernels of bench/gpu/text_ladder.h, compiled for one warp on the CPU.
#include "bench/gpu/text_ladder.h"

#include <gtest/gtest.h>

#include "bench/gpu/drawn_lines.h"
#include "tests/cuda/ladder_host_warp.h"

namespace wordfire::ladder {
namespace {

template <class Line>
void expect_plain_loops(int32_t dim) {
  constexpr double kLr = 0.2;
  const DrawnLines lines({.lines = 30, .features = 7, .rows = 20, .labels = 5, .dim = dim});
  std::vector<float> input = lines.input();
  std::vector<float> output = lines.output();
  EXPECT_GT(lines.distance(kLr, input, output), 100 * kLineTolerance) << "nothing to learn";
  const TextWeights weights{input.data(), output.data(), lines.width(), 0, 5};
  std::vector<float> scores(5);
  Line step(weights, scores.data());
  const TextRun run{.begin = 0, .end = 30, .examples_before = 0, .rate = DrawnLines::rate(kLr)};
  const TextSums sums = train_plain_share(step, lines.view(), DrawnLines::kSeed, run, 0, 1);
  EXPECT_LT(lines.distance(kLr, input, output), kLineTolerance);
  EXPECT_NEAR(sums.loss, 30 * std::log(5), 15);
}

TEST(TextLadder, FloatsOneByOneMakeTheStepsOfThePlainLoops) {
  for (const int32_t dim : {1, 10, 33, 128}) {
    SCOPED_TRACE(dim);
    expect_plain_loops<ScalarLine<HostLadderWarp>>(dim);
  }
}

TEST(TextLadder, FourFloatsAtATimeMakeTheStepsOfThePlainLoops) {
  for (const int32_t dim : {1, 10, 33, 128}) {
    SCOPED_TRACE(dim);
    expect_plain_loops<QuadLine<HostLadderWarp>>(dim);
  }
}

}  // namespace
}  // namespace wordfire::ladder
