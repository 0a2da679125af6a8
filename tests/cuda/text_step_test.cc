#include "cuda/text_step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "core/loss.h"
#include "tests/core/training_text.h"
#include "tests/cuda/host_text_engine.h"
#include "tests/reference/row_loops.h"

namespace wordfire {
namespace {

using reference::Rows;
using reference::SgdTrainer;

constexpr uint64_t kSeed = 3;
constexpr double kLr = 0.2;

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

enum class Features { kWords, kNgrams, kSubwords };

ModelArgs args_of(LossKind loss, int32_t dim, Features features) {
  ModelArgs args;
  args.dim = dim;
  args.neg = 5;
  args.loss = loss;
  args.bucket = features == Features::kWords ? 0 : 60;  // few, so that n-grams collide
  if (features == Features::kNgrams) args.word_ngrams = 3;
  if (features == Features::kSubwords) {
    args.minn = 2;
    args.maxn = 3;
  }
  return args;
}

Rows rows_of(const SharedMatrix& matrix) {
  Rows rows;
  for (int64_t i = 0; i < matrix.rows(); ++i) {
    rows.emplace_back(matrix.row(i), matrix.row(i) + matrix.dim());
  }
  return rows;
}

// Two lines of each label.
std::string text_of_labels(int32_t labels) {
  std::string text;
  for (int32_t i = 0; i < 2 * labels; ++i) {
    text += "__label__" + std::to_string(i % labels) + " word" + std::to_string(i) + " common\n";
  }
  return text;
}

// The largest difference of two matrices, and whether memory behind the rows stayed zero.
double distance(const SharedMatrix& fast, const Rows& plain) {
  double largest = 0;
  for (int64_t i = 0; i < fast.rows(); ++i) {
    for (int32_t j = 0; j < fast.dim(); ++j) {
      const double difference = std::abs(fast.row(i)[j] - plain[static_cast<size_t>(i)][j]);
      if (!(difference <= largest)) largest = difference;
    }
    for (int32_t j = fast.dim(); j < padded_width(fast.dim()); ++j) {
      if (fast.row(i)[j] != 0) return INFINITY;
    }
  }
  return largest;
}

// A text, its weights as the kernels' code and as the plain loops train them.
class Pair {
 public:
  explicit Pair(const ModelArgs& args, const std::string& text = labelled_text(20, 1),
                std::vector<int64_t> counts = {})
      : text_(text, args),
        weights_(text_.first_weights()),
        counts_(counts.empty() ? text_.label_counts() : std::move(counts)),
        loss_(make_loss(args, counts_)),
        plain_(args, counts_, rows_of(weights_.input), rows_of(weights_.output)) {
    plan_for(shape_of(task(), tables()).features);
  }

  // Plans for lines of so many features.
  void plan_for(double features) {
    layout_ = plan_text_layout({text_.args().dim, tables().outputs, features});
  }
  [[nodiscard]] TextLayout& layout() { return layout_; }
  [[nodiscard]] int64_t examples() const { return text_.corpus().examples(); }

  template <class Team>
  TextSums train_fast(const Team& team, int64_t begin, int64_t end) {
    HostTextEngine<Team> engine(task(), layout_, team);
    return engine.train({.begin = begin, .end = end, .examples_before = 0, .rate = rate()}, 1);
  }
  void train_plain(int64_t i) {
    const auto& example = text_.examples()[static_cast<size_t>(i)];
    const Rng rng = rng_of(i);
    const double lr = rate().at(text_.corpus().tokens_before(i));
    plain_.batch({&example, 1}, {&lr, 1}, {&rng, 1});
  }
  // Of example i, from the weights as they stand.
  [[nodiscard]] double loss_on_cpu(int64_t i) const {
    std::vector<float> hidden(static_cast<size_t>(buffer_width(text_.args().dim)));
    weights_.input.mean_of_rows(text_.examples()[static_cast<size_t>(i)].features, 0,
                                hidden.data());
    OutputStep step;
    Rng rng = rng_of(i);
    return loss_->gradient(weights_.output, hidden.data(), text_.corpus().labels_of(i), 0.1f, rng,
                           step);
  }
  [[nodiscard]] double difference() const {
    return std::max(distance(weights_.input, plain_.input()),
                    distance(weights_.output, plain_.output()));
  }

 private:
  [[nodiscard]] SupervisedTask task() {
    return {text_.corpus(), text_.subwords(), *loss_, weights_, 0, kSeed, 1};
  }
  [[nodiscard]] TextTables tables() const { return {*loss_, weights_.output.rows()}; }
  [[nodiscard]] static Rng rng_of(int64_t i) { return Rng(kSeed, 0, static_cast<uint64_t>(i)); }
  [[nodiscard]] LearningRate rate() const {
    return {.start = kLr,
            .epoch = 0,
            .epochs = 2,
            .epoch_tokens = text_.corpus().token_end.back(),
            .tokens_before = 0};
  }

  TrainingText text_;
  Weights weights_;
  std::vector<int64_t> counts_;
  std::unique_ptr<Loss> loss_;
  SgdTrainer plain_;
  TextLayout layout_;
};

std::string name_of(LossKind loss) {
  const char* const names[] = {"", "Hs", "Ns", "Softmax", "Ova"};
  return names[static_cast<size_t>(loss)];
}
std::string name_of(Features features) {
  const char* const names[] = {"Words", "Ngrams", "Subwords"};
  return names[static_cast<size_t>(features)];
}

using Case = std::tuple<LossKind, Features, int32_t>;

std::string name_of_case(const testing::TestParamInfo<Case>& info) {
  const auto [loss, features, dim] = info.param;
  return name_of(loss) + name_of(features) + "Dim" + std::to_string(dim);
}

class TextStepTest : public testing::TestWithParam<Case> {
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
    name_of_case);

// Values are at most about 1 and move by some hundredths.
constexpr double kStepTolerance = 4 * reference::kEpsilon;

template <class Team>
void expect_plain_steps(Pair& pair, const Team& team) {
  for (int64_t i = 0; i < pair.examples(); ++i) {
    pair.train_fast(team, i, i + 1);
    pair.train_plain(i);
    ASSERT_LT(pair.difference(), kStepTolerance * static_cast<double>(i + 1)) << "line " << i;
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
      Pair pair(args, "__label__a b c\n__label__a d e\n__label__b e f\n", {often, 1});
      for (int64_t i = 0; i < 3; ++i) {
        const double want = pair.loss_on_cpu(i);
        EXPECT_NEAR(pair.train_fast(HostTeam(32), i, i + 1).loss, want, 1e-5 * want);
      }
    }
  }
}

}  // namespace
}  // namespace wordfire
