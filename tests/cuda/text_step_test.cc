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

enum class Features { kWords, kBigrams, kSubwords };

ModelArgs args_of(LossKind loss, int32_t dim, Features features) {
  ModelArgs args;
  args.dim = dim;
  args.neg = 5;
  args.loss = loss;
  args.bucket = features == Features::kWords ? 0 : 60;  // few, so that n-grams collide
  if (features == Features::kBigrams) args.word_ngrams = 3;
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
  explicit Pair(const ModelArgs& args, const std::string& text = labelled_text(20, 1))
      : text_(text, args),
        weights_(text_.first_weights()),
        loss_(make_loss(args, text_.label_counts())),
        plain_(args, text_.label_counts(), rows_of(weights_.input), rows_of(weights_.output)) {
    const double features = static_cast<double>(text_.corpus().feature_end.back()) /
                            static_cast<double>(text_.corpus().examples());
    layout_ =
        plan_text_layout({args.dim, TextTables(*loss_, weights_.output.rows()).outputs, features});
  }

  [[nodiscard]] TextLayout& layout() { return layout_; }
  [[nodiscard]] int64_t examples() const { return text_.corpus().examples(); }

  template <class Team>
  TextSums train_fast(Team team, int64_t begin, int64_t end) {
    const SupervisedTask task{text_.corpus(), text_.subwords(), *loss_, weights_, 0, kSeed, 1};
    HostTextEngine<Team> engine(task, layout_, std::move(team));
    return engine.train({.begin = begin, .end = end, .examples_before = 0, .rate = rate()}, 1);
  }
  void train_plain(int64_t i) {
    const auto& example = text_.examples()[static_cast<size_t>(i)];
    const Rng rng(kSeed, 0, static_cast<uint64_t>(i));
    const double lr = rate().at(text_.corpus().tokens_before(i));
    plain_.batch({&example, 1}, {&lr, 1}, {&rng, 1});
  }
  [[nodiscard]] double difference() const {
    return std::max(distance(weights_.input, plain_.input()),
                    distance(weights_.output, plain_.output()));
  }

 private:
  [[nodiscard]] LearningRate rate() const {
    return {.start = kLr,
            .epoch = 0,
            .epochs = 2,
            .epoch_tokens = text_.corpus().token_end.back(),
            .tokens_before = 0};
  }

  TrainingText text_;
  Weights weights_;
  std::unique_ptr<Loss> loss_;
  SgdTrainer plain_;
  TextLayout layout_;
};

class TextStepTest : public testing::TestWithParam<std::tuple<LossKind, Features, int32_t>> {
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
                     testing::Values(Features::kWords, Features::kBigrams, Features::kSubwords),
                     testing::Values(1, 5, 10, 16, 32, 33, 100, 300)));

// Values are at most about 1 and have moved by some hundredths.
constexpr double kStepTolerance = 4 * reference::kEpsilon;

TEST_P(TextStepTest, EveryStepIsThatOfThePlainLoops) {
  Pair pair(args());
  for (int64_t i = 0; i < pair.examples(); ++i) {
    pair.train_fast(HostTeam(pair.layout().lanes), i, i + 1);
    pair.train_plain(i);
    ASSERT_LT(pair.difference(), kStepTolerance * static_cast<double>(i + 1)) << "line " << i;
  }
}

}  // namespace
}  // namespace wordfire
