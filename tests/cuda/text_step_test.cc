#include "cuda/text_step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "tests/cuda/host_text_engine.h"
#include "tests/cuda/text_pair.h"

namespace wordfire {
namespace {

// Takes the items of every loop in an order of its own: what a loop's items leave must not depend
// on it, as lanes of a GPU come in any order.
class ShuffledTeam {
 public:
  explicit ShuffledTeam(int32_t size) : size_(size) {}

  [[nodiscard]] int32_t size() const { return size_; }
  template <typename Body>
  void each(int64_t n, Body body) {
    std::vector<int64_t> order(static_cast<size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random_);
    for (const int64_t i : order) body(i);
  }
  void sync() const {}
  [[nodiscard]] Float4 load(const float* at) const { return HostWarp::load_row(at); }
  void add(float* at, const Float4& move) const { HostWarp::add_to_row(at, move); }

 private:
  int32_t size_;
  std::mt19937 random_{7};
};

// The kernels' code on the CPU beside the plain loops.
class Pair : public TextPair {
 public:
  template <typename... Arguments>
  explicit Pair(Arguments... arguments) : TextPair(arguments...) {
    plan_for(shape_of(task(), tables()).features);
  }

  // Plans for lines of so many features.
  void plan_for(double features) {
    layout_ = plan_text_layout({weights().input.dim(), tables().outputs, features});
  }
  [[nodiscard]] TextLayout& layout() { return layout_; }

  template <class Team>
  TextSums train_fast(const Team& team, int64_t begin, int64_t end) {
    HostTextEngine<Team> engine(task(), layout_, team);
    return engine.train({.begin = begin, .end = end, .examples_before = 0, .rate = rate()}, 1);
  }

 private:
  [[nodiscard]] TextTables tables() { return {task().loss, weights().output.rows()}; }

  TextLayout layout_;
};

class TextStepTest : public testing::TestWithParam<TextCase> {
 protected:
  static ModelArgs args() {
    const auto [loss, features, dim] = GetParam();
    return args_of(loss, dim, features);
  }
};
INSTANTIATE_TEST_SUITE_P(
    All, TextStepTest,
    testing::Combine(testing::Values(LossKind::kHierarchicalSoftmax, LossKind::kNegativeSampling,
                                     LossKind::kSoftmax, LossKind::kOneVsAll),
                     testing::Values(Features::kWords, Features::kNgrams, Features::kSubwords),
                     testing::Values(1, 5, 10, 16, 32, 33, 100, 300)),
    name_of_text_case);

template <class Team>
void expect_plain_steps(Pair& pair, const Team& team) {
  for (int64_t i = 0; i < pair.examples(); ++i) {
    pair.train_fast(team, i, i + 1);
    pair.train_plain(i);
    ASSERT_LT(pair.difference(), kTextStepTolerance * static_cast<double>(i + 1)) << "line " << i;
  }
}

TEST_P(TextStepTest, EveryStepIsThatOfThePlainLoops) {
  Pair pair(args());
  expect_plain_steps(pair, HostTeam(pair.layout().lanes));
}

TEST_P(TextStepTest, LanesMayComeInAnyOrder) {
  Pair pair(args());
  expect_plain_steps(pair, ShuffledTeam(pair.layout().lanes));
}

TEST_P(TextStepTest, TeamsOfAnySizeTakeTheSameSteps) {
  for (const double features : {1.0, 300.0, 1e4, 1e6}) {
    Pair pair(args());
    pair.plan_for(features);
    expect_plain_steps(pair, ShuffledTeam(pair.layout().lanes));
  }
}

// Losses are sums of a few logarithms.
TEST_P(TextStepTest, TheLossIsThatOfTheCpu) {
  Pair pair(args());
  for (int64_t i = 0; i < pair.examples(); ++i) {
    const double want = pair.loss_on_cpu(i);
    ASSERT_NEAR(pair.train_fast(HostTeam(pair.layout().lanes), i, i + 1).loss, want, 1e-5 * want);
  }
}

class TextStepLossTest : public testing::TestWithParam<LossKind> {
 protected:
  static ModelArgs args() { return args_of(GetParam(), 10, Features::kNgrams); }
};
INSTANTIATE_TEST_SUITE_P(All, TextStepLossTest,
                         testing::Values(LossKind::kHierarchicalSoftmax,
                                         LossKind::kNegativeSampling, LossKind::kSoftmax,
                                         LossKind::kOneVsAll),
                         [](const auto& info) { return name_of(info.param); });

TEST_P(TextStepLossTest, LinesLongerThanWhatIsStagedAreRead) {
  Pair pair(args(), labelled_text(20, 1, 400));
  ASSERT_LT(pair.layout().staged, 400);
  expect_plain_steps(pair, ShuffledTeam(pair.layout().lanes));
}

TEST_P(TextStepLossTest, StepSizesMayLieFarOff) {
  Pair pair(args());
  pair.layout().outputs_are_near = false;
  expect_plain_steps(pair, ShuffledTeam(pair.layout().lanes));
}

// A row that is not kept is read again; of one that a line moves twice that is another one.
TEST_P(TextStepLossTest, RowsNeedNotBeKept) {
  ModelArgs few = args();
  few.neg = 1;
  Pair pair(few);
  pair.layout().kept = 0;
  expect_plain_steps(pair, ShuffledTeam(pair.layout().lanes));
}

TEST_P(TextStepLossTest, MoreRowsThanDotsAreScoredInTurns) {
  Pair pair(args(), text_of_labels(150));
  pair.plan_for(1e6);
  ASSERT_GT(pair.layout().lanes, 32);
  pair.layout().dots = 32;
  expect_plain_steps(pair, ShuffledTeam(pair.layout().lanes));
}

TEST(TextStep, OneLabelLeavesATreeWithoutUnits) {
  Pair pair(args_of(LossKind::kHierarchicalSoftmax, 10, Features::kWords), "__label__a b c d\n");
  EXPECT_EQ(pair.train_fast(HostTeam(32), 0, 1).loss, 0);
  EXPECT_EQ(pair.difference(), 0);
}

// Nearly all draws are the target: they are taken again, and given up in the end.
TEST(TextStep, NegativesAreDrawnAgainAsOnTheCpu) {
  for (const int64_t often : {int64_t{100}, int64_t{1'000'000'000'000'000}}) {
    for (const int32_t neg : {1, 2, 7}) {
      ModelArgs args = args_of(LossKind::kNegativeSampling, 10, Features::kWords);
      args.neg = neg;
      Pair pair(args, "__label__a b c\n__label__a d e\n__label__b e f\n",
                std::vector<int64_t>{often, 1});
      for (int64_t i = 0; i < 3; ++i) {
        const double want = pair.loss_on_cpu(i);
        EXPECT_NEAR(pair.train_fast(HostTeam(32), i, i + 1).loss, want, 1e-5 * want);
      }
    }
  }
}

}  // namespace
}  // namespace wordfire
