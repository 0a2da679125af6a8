#include "core/loss.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>

#include "tests/reference/plain_loss.h"
#include "tests/reference/plain_tree.h"
#include "tests/reference/row_loops.h"

namespace wordfire {
namespace {

using reference::Rows;
using reference::Unit;
using reference::Vector;

constexpr int32_t kDim = 5;
constexpr float kLr = 0.25f;
const std::vector<int64_t> kCounts = {50, 20, 20, 9, 4, 3, 1};

// A small output matrix and a hidden vector, the same in both precisions.
class LossTest : public testing::TestWithParam<LossKind> {
 protected:
  LossTest() : output_(static_cast<int64_t>(kCounts.size()), kDim) {
    reference::RandomFloats random(11);
    hidden_ = random.vector(kDim, buffer_width(kDim));
    plain_hidden_.assign(hidden_.begin(), hidden_.begin() + kDim);
    for (int64_t i = 0; i < output_.rows(); ++i) {
      const std::vector<float> row = random.vector(kDim, kDim);
      std::copy(row.begin(), row.end(), output_.row(i));
      plain_rows_.emplace_back(row.begin(), row.end());
    }
    use(GetParam());
  }

  void use(LossKind kind, int32_t neg = 4) {
    ModelArgs args;
    args.loss = kind;
    args.neg = neg;
    loss_ = make_loss(args, kCounts);
  }
  float run(std::vector<int32_t> labels) {
    return loss_->gradient(output_, hidden_.data(), labels, kLr, rng_, step_);
  }

  // The row that entry i of the step moves.
  [[nodiscard]] int32_t row_of(size_t i) const {
    return step_.all ? static_cast<int32_t>(i) : step_.ids[i];
  }

  // The label that the last step was for.
  [[nodiscard]] int32_t target() const {
    if (GetParam() == LossKind::kNegativeSampling) return step_.ids[0];
    if (GetParam() == LossKind::kSoftmax) {
      return static_cast<int32_t>(std::ranges::max_element(step_.alpha) - step_.alpha.begin());
    }
    const auto tree = reference::huffman_tree(kCounts);
    for (int32_t leaf = 0; leaf < output_.rows(); ++leaf) {
      const auto path = reference::path_of(tree, leaf);
      bool same = path.size() == step_.ids.size();
      for (size_t i = 0; same && i < path.size(); ++i) {
        same = path[i].first == step_.ids[i] && path[i].second == (step_.alpha[i] > 0);
      }
      if (same) return leaf;
    }
    return -1;
  }

  // The units of logistic losses, for the step as it was drawn.
  [[nodiscard]] std::vector<Unit> units(const std::vector<int32_t>& labels) const {
    std::vector<Unit> units;
    if (GetParam() == LossKind::kHierarchicalSoftmax) {
      return reference::path_of(reference::huffman_tree(kCounts), labels[0]);
    }
    for (size_t i = 0; i < step_.alpha.size(); ++i) {
      const bool positive =
          step_.all ? std::ranges::find(labels, row_of(i)) != labels.end() : i == 0;
      units.emplace_back(row_of(i), positive);
    }
    return units;
  }
  [[nodiscard]] double plain_loss(const Rows& rows, const Vector& hidden,
                                  const std::vector<int32_t>& labels) const {
    if (GetParam() == LossKind::kSoftmax) return reference::softmax_loss(rows, hidden, labels[0]);
    return reference::logistic_loss(rows, hidden, units(labels));
  }

  // d loss / d value by central differences.
  double slope(double& value, const std::function<double()>& loss) {
    constexpr double kStep = 1e-5;
    const double at = value;
    value = at + kStep;
    const double above = loss();
    value = at - kStep;
    const double below = loss();
    value = at;
    return (above - below) / (2 * kStep);
  }

  SharedMatrix output_;
  std::vector<float> hidden_;
  Rows plain_rows_;
  Vector plain_hidden_;
  std::unique_ptr<Loss> loss_;
  Rng rng_{1};
  OutputStep step_;
};

std::string name_of_loss(const testing::TestParamInfo<LossKind>& loss) {
  switch (loss.param) {
    case LossKind::kSoftmax:
      return "Softmax";
    case LossKind::kOneVsAll:
      return "OneVsAll";
    case LossKind::kNegativeSampling:
      return "NegativeSampling";
    case LossKind::kHierarchicalSoftmax:
      return "HierarchicalSoftmax";
  }
  return "";
}
INSTANTIATE_TEST_SUITE_P(Losses, LossTest,
                         testing::Values(LossKind::kHierarchicalSoftmax,
                                         LossKind::kNegativeSampling, LossKind::kSoftmax,
                                         LossKind::kOneVsAll),
                         name_of_loss);

TEST_P(LossTest, TheValueIsThatOfThePlainFormula) {
  EXPECT_EQ(loss_->kind(), GetParam());
  for (int32_t label = 0; label < output_.rows(); ++label) {
    const float loss = run({label});
    EXPECT_NEAR(loss, plain_loss(plain_rows_, plain_hidden_, {label}), 1e-5);
  }
}

TEST_P(LossTest, RowStepsAreMinusTheSlopesOfTheLoss) {
  for (int32_t label = 0; label < output_.rows(); ++label) {
    static_cast<void>(run({label}));
    Rows moved(plain_rows_.size(), Vector(kDim));
    for (size_t i = 0; i < step_.alpha.size(); ++i) {
      Vector& row = moved[static_cast<size_t>(row_of(i))];
      for (size_t j = 0; j < kDim; ++j) row[j] += double{step_.alpha[i]} * plain_hidden_[j];
    }
    const auto loss = [&] { return plain_loss(plain_rows_, plain_hidden_, {label}); };
    for (size_t i = 0; i < moved.size(); ++i) {
      for (size_t j = 0; j < kDim; ++j) {
        EXPECT_NEAR(moved[i][j], -kLr * slope(plain_rows_[i][j], loss), 1e-6) << label;
      }
    }
  }
}

TEST_P(LossTest, TheHiddenGradientIsMinusTheSlopeOfTheLoss) {
  for (int32_t label = 0; label < output_.rows(); ++label) {
    static_cast<void>(run({label}));
    std::vector<float> gradient(hidden_.size());
    output_.add_scaled_rows(step_.rows(), step_.alpha, gradient.data());
    const auto loss = [&] { return plain_loss(plain_rows_, plain_hidden_, {label}); };
    for (size_t j = 0; j < kDim; ++j) {
      EXPECT_NEAR(gradient[j], -kLr * slope(plain_hidden_[j], loss), 1e-6) << label;
    }
  }
}

TEST_P(LossTest, OnlySoftmaxAndOneVersusAllMoveAllRows) {
  static_cast<void>(run({2}));
  EXPECT_EQ(step_.all, loss_->moves_all_rows());
  EXPECT_EQ(step_.alpha.size(), step_.all ? kCounts.size() : step_.ids.size());
}

TEST_P(LossTest, NoNumberInTheHiddenVectorIsSeen) {
  hidden_[1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(std::isfinite(run({1})));
}

TEST_P(LossTest, ASureAndWrongExampleHasAFiniteLoss) {
  for (int64_t i = 0; i < output_.rows(); ++i) {
    for (int32_t j = 0; j < kDim; ++j) output_.row(i)[j] *= (i % 2 == 0 ? 1e4f : -1e4f);
  }
  for (int32_t label = 0; label < output_.rows(); ++label) {
    const float loss = run({label});
    EXPECT_TRUE(std::isfinite(loss));
    EXPECT_GE(loss, 0);
    for (const float alpha : step_.alpha) EXPECT_LE(std::abs(alpha), kLr);
  }
}

TEST_P(LossTest, OneOfSeveralLabelsIsTheTarget) {
  if (GetParam() == LossKind::kOneVsAll) GTEST_SKIP() << "takes all labels";
  std::vector<int> hits(kCounts.size());
  for (int i = 0; i < 200; ++i) {
    static_cast<void>(run({3, 5}));
    ++hits.at(static_cast<size_t>(target()));
  }
  EXPECT_EQ(hits[3] + hits[5], 200);
  EXPECT_NEAR(hits[3], 100, 4 * std::sqrt(50));
}

class SoftmaxTest : public LossTest {};
INSTANTIATE_TEST_SUITE_P(Losses, SoftmaxTest, testing::Values(LossKind::kSoftmax));

TEST_P(SoftmaxTest, StepsSumToZero) {
  static_cast<void>(run({4}));
  EXPECT_NEAR(std::accumulate(step_.alpha.begin(), step_.alpha.end(), 0.0), 0, 1e-6);
  EXPECT_GT(step_.alpha[4], 0);
}

class NegativeSamplingTest : public LossTest {};
INSTANTIATE_TEST_SUITE_P(Losses, NegativeSamplingTest,
                         testing::Values(LossKind::kNegativeSampling));

TEST_P(NegativeSamplingTest, DrawsSoManyNegativesButNeverTheTarget) {
  for (const int32_t neg : {1, 5, 20}) {
    use(LossKind::kNegativeSampling, neg);
    for (int32_t label = 0; label < output_.rows(); ++label) {
      for (int round = 0; round < 100; ++round) {
        static_cast<void>(run({label}));
        ASSERT_EQ(step_.ids.size(), static_cast<size_t>(neg) + 1);
        EXPECT_EQ(step_.ids[0], label);
        EXPECT_EQ(std::count(step_.ids.begin(), step_.ids.end(), label), 1);
      }
    }
  }
}

TEST_P(NegativeSamplingTest, NegativesComeWithTheRootOfTheirCounts) {
  constexpr int kRounds = 20'000;
  std::vector<int> hits(kCounts.size());
  for (int round = 0; round < kRounds; ++round) {
    static_cast<void>(run({0}));
    for (size_t i = 1; i < step_.ids.size(); ++i) ++hits[static_cast<size_t>(step_.ids[i])];
  }
  double sum = 0;
  for (size_t i = 1; i < kCounts.size(); ++i) sum += std::sqrt(kCounts[i]);
  for (size_t i = 1; i < kCounts.size(); ++i) {
    const double p = std::sqrt(kCounts[i]) / sum;
    EXPECT_NEAR(hits[i], p * 4 * kRounds, 4 * std::sqrt(p * (1 - p) * 4 * kRounds)) << i;
  }
}

TEST_P(NegativeSamplingTest, ALabelWithNearlyAllTheWeightDoesNotHang) {
  ModelArgs args;
  args.loss = LossKind::kNegativeSampling;
  std::vector<int64_t> counts = {int64_t{1} << 62, 1, 1, 1, 1, 1, 1};
  loss_ = make_loss(args, counts);
  static_cast<void>(run({0}));
  EXPECT_EQ(std::count(step_.ids.begin(), step_.ids.end(), 0), 1);
}

class HierarchicalSoftmaxTest : public LossTest {};
INSTANTIATE_TEST_SUITE_P(Losses, HierarchicalSoftmaxTest,
                         testing::Values(LossKind::kHierarchicalSoftmax));

TEST_P(HierarchicalSoftmaxTest, ProbabilitiesOfAllLeavesSumToOne) {
  double sum = 0;
  for (int32_t label = 0; label < output_.rows(); ++label) sum += std::exp(-run({label}));
  EXPECT_NEAR(sum, 1, 1e-6);
}

class OneVsAllTest : public LossTest {};
INSTANTIATE_TEST_SUITE_P(Losses, OneVsAllTest, testing::Values(LossKind::kOneVsAll));

TEST_P(OneVsAllTest, EveryLabelOfTheLineIsPositive) {
  const float loss = run({1, 4});
  EXPECT_NEAR(loss, plain_loss(plain_rows_, plain_hidden_, {1, 4}), 1e-5);
  for (size_t i = 0; i < step_.alpha.size(); ++i) {
    EXPECT_EQ(step_.alpha[i] > 0, i == 1 || i == 4) << i;
  }
}

TEST_P(OneVsAllTest, ALabelThatStandsTwiceCountsOnce) {
  const float once = run({1, 4});
  const std::vector<float> alpha = step_.alpha;
  EXPECT_EQ(run({4, 1, 4, 1, 1}), once);
  EXPECT_EQ(step_.alpha, alpha);
}

TEST_P(OneVsAllTest, ALabelThatIsCertainAndStandsTwiceCountsOnce) {
  for (int32_t j = 0; j < kDim; ++j) output_.row(1)[j] = 1e4f * hidden_[static_cast<size_t>(j)];
  const float once = run({1});
  EXPECT_EQ(run({1, 1}), once);
  EXPECT_NEAR(step_.alpha[1], 0, 1e-20);
}

}  // namespace
}  // namespace wordfire
