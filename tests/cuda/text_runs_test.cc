#include "cuda/text_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "core/loss.h"
#include "tests/core/training_text.h"
#include "tests/cuda/host_text_engine.h"
#include "tests/cuda/text_pair.h"
#include "tests/reference/plan_epoch.h"

namespace wordfire {
namespace {

constexpr uint64_t kSeed = 3;
constexpr double kLr = 0.1;
constexpr int32_t kEpochs = 3;

// Has room for few examples at a time, and sees what is asked of it.
class SmallEngine final : public TextEngine {
 public:
  SmallEngine(TextEngine& engine, int64_t room) : engine_(engine), room_(room) {}

  void begin_range() override { engine_.begin_range(); }
  int64_t fetch(ExampleRange range) override {
    ++fetches;
    return engine_.fetch({range.begin, std::min(range.end, range.begin + room_)});
  }
  TextSums train(const TextRun& run, int64_t lines) override {
    ++runs;
    largest_lines = std::max(largest_lines, lines);
    return engine_.train(run, lines);
  }

  int fetches = 0;
  int runs = 0;
  int64_t largest_lines = 0;

 private:
  TextEngine& engine_;
  int64_t room_;
};

ModelArgs small_args(LossKind loss, bool has_subwords) {
  ModelArgs args;
  args.dim = 10;
  args.neg = 1;  // more would hold one row twice, which the CPU moves one after the other
  args.loss = loss;
  args.bucket = 60;
  args.word_ngrams = has_subwords ? 1 : 2;
  args.minn = has_subwords ? 2 : 0;
  args.maxn = has_subwords ? 3 : 0;
  return args;
}

// A text and weights to train on it.
class Job {
 public:
  explicit Job(const ModelArgs& args, int lines = 150)
      : text_(labelled_text(lines, 1), args),
        weights_(text_.first_weights()),
        loss_(make_loss(args, text_.label_counts())) {}

  [[nodiscard]] const Corpus& corpus() const { return text_.corpus(); }
  [[nodiscard]] Weights& weights() { return weights_; }
  [[nodiscard]] SupervisedTask task() {
    return {text_.corpus(), text_.subwords(), *loss_, weights_, 0, kSeed, 1};
  }
  [[nodiscard]] HostTextEngine<HostTeam> engine() {
    const int64_t outputs = TextTables(*loss_, weights_.output.rows()).outputs;
    const TextLayout layout = plan_text_layout({text_.args().dim, outputs, 10});
    return {task(), layout, HostTeam(layout.lanes)};
  }
  RangeResult run(const RangePlan& plan, TextEngine& engine, int64_t most_lines = 1) {
    RunLength length;
    const SupervisedTask what = task();
    return TextRuns(what, plan, engine, most_lines).run(length);
  }
  // Of a run that is long enough for many lines at once.
  RangeResult epoch(TextEngine& engine, int64_t most_lines = 1, double lr = kLr,
                    int32_t epochs = 10'000) {
    const std::atomic<bool> stop = false;
    return run(plan_epoch(corpus(), 0, epochs, lr, stop), engine, most_lines);
  }

 private:
  TrainingText text_;
  Weights weights_;
  std::unique_ptr<Loss> loss_;
};

// A weight is the sum of some hundred moves, each rounded to the precision of weights of about 1.
constexpr double kTolerance = 500 * std::numeric_limits<float>::epsilon();

class TextRunsTest : public testing::TestWithParam<std::tuple<LossKind, bool>> {
 protected:
  static ModelArgs args() { return small_args(std::get<0>(GetParam()), std::get<1>(GetParam())); }
};
INSTANTIATE_TEST_SUITE_P(All, TextRunsTest,
                         testing::Combine(testing::Values(LossKind::kHierarchicalSoftmax,
                                                          LossKind::kNegativeSampling,
                                                          LossKind::kSoftmax, LossKind::kOneVsAll),
                                          testing::Bool()));

TEST_P(TextRunsTest, ALineAtATimeIsTheCpuOnOneThread) {
  Job on_cpu(args());
  Job job(args());
  auto engine = job.engine();
  const auto cpu = make_hogwild_backend(on_cpu.task());
  const std::atomic<bool> stop = false;
  for (int32_t epoch = 0; epoch < kEpochs; ++epoch) {
    const RangePlan plan = plan_epoch(job.corpus(), epoch, kEpochs, kLr, stop);
    const RangeResult want = cpu->train(plan);
    const RangeResult got = job.run(plan, engine);
    EXPECT_LT(distance(job.weights(), on_cpu.weights()), kTolerance) << epoch;
    EXPECT_NEAR(got.end.loss_sum, want.end.loss_sum, 1e-4 * want.end.loss_sum);
    EXPECT_EQ(got.end.examples, want.end.examples);
    EXPECT_EQ(got.end.tokens, want.end.tokens);
    EXPECT_NEAR(got.end.lr, want.end.lr, 1e-7);
  }
}

TEST_P(TextRunsTest, TextInPiecesTrainsTheSame) {
  Job whole(args());
  Job pieces(args());
  auto engine = whole.engine();
  auto inner = pieces.engine();
  SmallEngine small(inner, 7);
  const RangeResult want = whole.epoch(engine);
  const RangeResult got = pieces.epoch(small);
  EXPECT_EQ(small.fetches, 22);
  EXPECT_EQ(distance(whole.weights(), pieces.weights()), 0);
  EXPECT_NEAR(got.end.loss_sum, want.end.loss_sum, 1e-9);
  EXPECT_EQ(got.end.examples, want.end.examples);
}

TEST_P(TextRunsTest, RangesTrainTheSameAsAWholeEpoch) {
  Job whole(args());
  Job halves(args());
  auto engine = whole.engine();
  auto other = halves.engine();
  whole.epoch(engine, 1, kLr, kEpochs);
  const std::atomic<bool> stop = false;
  for (const ExampleRange range : {ExampleRange{0, 61}, ExampleRange{61, 150}}) {
    RangePlan plan = plan_epoch(halves.corpus(), 0, kEpochs, kLr, stop);
    plan.range = range;
    const RangeResult result = halves.run(plan, other);
    EXPECT_EQ(result.end.examples, range.size());
    EXPECT_EQ(result.end.tokens, halves.corpus().tokens_before(range.end) -
                                     halves.corpus().tokens_before(range.begin));
  }
  EXPECT_EQ(distance(whole.weights(), halves.weights()), 0);
}

TEST_P(TextRunsTest, ManyLinesAtOnceTrainEveryLineOnce) {
  Job one(args());
  Job many(args());
  auto engine = one.engine();
  auto other = many.engine();
  // At a rate this small a line moves nothing that another one would feel.
  const double want = one.epoch(engine, 1, 1e-6).end.loss_sum;
  EXPECT_NEAR(many.epoch(other, 13, 1e-6).end.loss_sum, want, 1e-3);
  EXPECT_LT(distance(one.weights(), many.weights()), 1e-9);
}

TEST_P(TextRunsTest, LossesFall) {
  Job job(args(), 1500);
  auto engine = job.engine();
  const double first = job.epoch(engine, 64, 0.5).end.loss_sum;
  EXPECT_LT(job.epoch(engine, 64, 0.5).end.loss_sum, 0.9 * first);
}

TEST_P(TextRunsTest, DivergenceIsSeenWhereItBegins) {
  Job job(args());
  auto engine = job.engine();
  const std::atomic<bool> stop = false;
  RangePlan plan = plan_epoch(job.corpus(), 0, kEpochs, kLr, stop);
  plan.examples_before = 1000;
  // The features of the line from which on nothing is a number.
  const int32_t row = job.corpus().features_of(40)[0];
  int64_t first = 0;
  while (std::ranges::count(job.corpus().features_of(first), row) == 0) ++first;
  job.weights().input.row(row)[3] = NAN;
  const RangeResult result = job.run(plan, engine);
  EXPECT_TRUE(result.diverged);
  EXPECT_EQ(result.diverged_example, 1000 + first);
  EXPECT_NEAR(result.diverged_lr, kLr, 0.1 * kLr);
  EXPECT_EQ(result.end.examples, 0);
}

// Epochs of 40,000 lines, which make several runs. They ask to be stopped at their first report.
class LongEpoch {
 public:
  RangeResult run(bool stopped) {
    std::atomic<bool> stop = stopped;
    const auto stop_at = [&](const RangeProgress& now) {
      ++reports;
      EXPECT_GT(now.examples, 0);
      EXPECT_GT(now.tokens, now.examples);
      EXPECT_GT(now.loss_sum, 0);
      EXPECT_LT(now.lr, kLr);
      stop = true;
    };
    return job_.run(plan_epoch(job_.corpus(), 0, kEpochs, kLr, stop, stop_at), engine);
  }

 private:
  Job job_{small_args(LossKind::kSoftmax, false), 40000};
  HostTextEngine<HostTeam> inner_ = job_.engine();

 public:
  SmallEngine engine{inner_, 40000};
  int reports = 0;
};

TEST(TextRuns, AStopRequestEndsTheEpochEarly) {
  LongEpoch epoch;
  const RangeResult ended = epoch.run(false);
  EXPECT_EQ(epoch.reports, 1);
  EXPECT_GT(ended.end.examples, 0);
  EXPECT_LT(ended.end.examples, 40000);
  EXPECT_EQ(epoch.engine.runs, 1);
  EXPECT_EQ(epoch.run(true).end.examples, 0);
  EXPECT_EQ(epoch.engine.runs, 1);
}

TEST(TextRuns, AnEmptyRangeDoesNothing) {
  Job job(small_args(LossKind::kSoftmax, false));
  auto inner = job.engine();
  SmallEngine engine(inner, 100);
  const std::atomic<bool> stop = false;
  RangePlan plan = plan_epoch(job.corpus(), 0, kEpochs, kLr, stop);
  plan.range = {5, 5};
  EXPECT_EQ(job.run(plan, engine).end.examples, 0);
  EXPECT_EQ(engine.fetches, 0);
}

TEST(TextRuns, FewLinesAreUnderWayAtAHighRateAndManyAtALowOne) {
  for (const LossKind loss : {LossKind::kSoftmax, LossKind::kOneVsAll, LossKind::kNegativeSampling,
                              LossKind::kHierarchicalSoftmax}) {
    EXPECT_EQ(lines_at_once(loss, 14, 1e6f, 2000), 1);
    EXPECT_EQ(lines_at_once(loss, 14, 0.0f, 2000), 2000);
    EXPECT_EQ(lines_at_once(loss, 14, 0.0f, 0), 1);
    EXPECT_NEAR(static_cast<double>(lines_at_once(loss, 14, 0.1f, 100'000)),
                2 * static_cast<double>(lines_at_once(loss, 14, 0.2f, 100'000)), 2);
  }
  EXPECT_EQ(lines_at_once(LossKind::kSoftmax, 14, 0.5f, 2000), 32);
  EXPECT_EQ(lines_at_once(LossKind::kOneVsAll, 14, 0.5f, 2000), 16);
  EXPECT_EQ(lines_at_once(LossKind::kOneVsAll, 735, 0.5f, 2000), 2);
}

// What the rate allows, and never more than the device holds.
TEST(TextRuns, LinesAtOnceFollowTheRate) {
  Job job(small_args(LossKind::kSoftmax, false));
  auto inner = job.engine();
  SmallEngine engine(inner, 1000);
  job.epoch(engine, 1000, 1.0);
  EXPECT_EQ(engine.largest_lines, 16);
  job.epoch(engine, 20, 0.01);
  EXPECT_EQ(engine.largest_lines, 20);
}

TEST(TextRuns, ALineMissesAThousandthOfTheRunAtMost) {
  Job job(small_args(LossKind::kSoftmax, false));
  auto inner = job.engine();
  SmallEngine engine(inner, 1000);
  job.epoch(engine, 1000, 0.01, 3);
  EXPECT_EQ(engine.largest_lines, 1);
  job.epoch(engine, 1000, 0.01, 100);  // 150 lines each
  EXPECT_EQ(engine.largest_lines, 15'000 / 1024);
}

TEST(RunLength, ARunTakesAboutATwentiethOfASecond) {
  RunLength length;
  const double seconds_of_line = 1e-7;
  for (int i = 0; i < 10; ++i) {
    length.took(length.lines(), static_cast<double>(length.lines()) * seconds_of_line);
  }
  EXPECT_NEAR(static_cast<double>(length.lines()), 500'000, 1000);
  length.took(length.lines(), 1e9);
  EXPECT_GE(length.lines(), 1);
  const int64_t before = length.lines();
  length.took(before, 0);
  EXPECT_EQ(length.lines(), before);
}

}  // namespace
}  // namespace wordfire
