#include "core/backend.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "core/loss.h"
#include "tests/core/training_text.h"
#include "tests/reference/plan_epoch.h"
#include "tests/reference/row_loops.h"

namespace wordfire {
namespace {

using reference::Rows;
using reference::SgdTrainer;
using reference::Vector;

enum class Features { kWords, kBigrams, kSubwords };
using Make = std::unique_ptr<Backend> (*)(const SupervisedTask&);

constexpr uint64_t kSeed = 3;
constexpr double kLr = 0.1;
constexpr int32_t kEpochs = 4;

ModelArgs args_of(LossKind loss, Features features) {
  ModelArgs args;
  args.dim = 10;
  args.neg = 5;
  args.loss = loss;
  args.bucket = features == Features::kWords ? 0 : 60;  // few, so that n-grams collide
  if (features == Features::kBigrams) args.word_ngrams = 2;
  if (features == Features::kSubwords) {
    args.minn = 2;
    args.maxn = 3;
  }
  return args;
}

// Whether the reference moves the output rows of a batch at once or one example after the other.
enum class Output { kBatch, kInSeries };

// What a run leaves: the weights, and each epoch's report.
struct Trained {
  Weights weights;
  std::vector<RangeResult> epochs;
};

class Training {
 public:
  Training(int lines, const ModelArgs& args, uint32_t longest = 12)
      : text_(labelled_text(lines, 1, longest), args) {}

  [[nodiscard]] Trained run(Make make, int threads, int32_t epochs = kEpochs,
                            double lr = kLr) const {
    Trained trained{text_.first_weights(), {}};
    const auto loss = make_loss(text_.args(), text_.label_counts());
    const SupervisedTask task{text_.corpus(), text_.subwords(), *loss, trained.weights, 0,
                              kSeed,          threads};
    const std::unique_ptr<Backend> backend = make(task);
    const std::atomic<bool> stop = false;
    for (int32_t epoch = 0; epoch < epochs; ++epoch) {
      trained.epochs.push_back(backend->train(plan_epoch(corpus(), epoch, kEpochs, lr, stop)));
    }
    return trained;
  }

  // The reference after `epochs` epochs, in batches of `batch` examples (0: one after the other).
  [[nodiscard]] SgdTrainer plain(int32_t epochs, size_t batch,
                                 Output output = Output::kBatch) const {
    Weights first = text_.first_weights();
    SgdTrainer trainer(text_.args(), text_.label_counts(), rows_of(first.input),
                       rows_of(first.output));
    for (int32_t epoch = 0; epoch < epochs; ++epoch) plain_epoch(trainer, epoch, batch, output);
    return trainer;
  }

  static Rows rows_of(const SharedMatrix& matrix) {
    Rows rows;
    for (int64_t i = 0; i < matrix.rows(); ++i) {
      rows.emplace_back(matrix.row(i), matrix.row(i) + matrix.dim());
    }
    return rows;
  }

  [[nodiscard]] const Corpus& corpus() const { return text_.corpus(); }

 private:
  void plain_epoch(SgdTrainer& trainer, int32_t epoch, size_t batch, Output output) const {
    const auto& examples = text_.examples();
    std::vector<double> lr;
    std::vector<Rng> rng;
    for (size_t i = 0; i < examples.size(); ++i) {
      const double done = static_cast<double>(corpus().tokens_before(static_cast<int64_t>(i))) /
                          static_cast<double>(corpus().token_end.back());
      lr.push_back(kLr * (1 - (epoch + done) / kEpochs));
      rng.emplace_back(kSeed, static_cast<uint64_t>(epoch), i);
      if (batch == 0) trainer.step(examples[i], lr[i], rng[i]);
    }
    if (output == Output::kInSeries) return trainer.in_series(examples, lr, rng, batch);
    for (size_t i = 0; batch > 0 && i < examples.size(); i += batch) {
      const size_t n = std::min(batch, examples.size() - i);
      trainer.batch(std::span(examples).subspan(i, n), std::span(lr).subspan(i, n),
                    std::span(rng).subspan(i, n));
    }
  }

  TrainingText text_;
};

// The largest difference of two matrices.
double distance(const SharedMatrix& fast, const Rows& plain) {
  double largest = 0;
  const Rows rows = Training::rows_of(fast);
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t j = 0; j < rows[i].size(); ++j) {
      const double difference = std::abs(rows[i][j] - plain[i][j]);
      if (!(difference <= largest)) largest = difference;
    }
  }
  return largest;
}

double distance(const Weights& fast, const SgdTrainer& plain) {
  return std::max(distance(fast.input, plain.input()), distance(fast.output, plain.output()));
}

bool same_bits(const SharedMatrix& a, const SharedMatrix& b) {
  const size_t bytes = static_cast<size_t>(SharedMatrix::bytes_for(a.rows(), a.dim()));
  return std::memcmp(a.row(0), b.row(0), bytes) == 0;
}

bool same_bits(const Weights& a, const Weights& b) {
  return same_bits(a.input, b.input) && same_bits(a.output, b.output);
}

// A weight is the sum of some hundred moves, each rounded to the precision of weights of about 1.
constexpr double kTolerance = 500 * reference::kEpsilon;

class BackendTest : public testing::TestWithParam<std::tuple<LossKind, Features>> {
 protected:
  static ModelArgs args() { return args_of(std::get<0>(GetParam()), std::get<1>(GetParam())); }
};

std::string name_of_case(const testing::TestParamInfo<std::tuple<LossKind, Features>>& of) {
  const char* const losses[] = {"", "HierarchicalSoftmax", "NegativeSampling", "Softmax",
                                "OneVsAll"};
  const char* const features[] = {"Words", "Bigrams", "Subwords"};
  return std::string(losses[static_cast<size_t>(std::get<0>(of.param))]) +
         features[static_cast<size_t>(std::get<1>(of.param))];
}
INSTANTIATE_TEST_SUITE_P(
    All, BackendTest,
    testing::Combine(testing::Values(LossKind::kHierarchicalSoftmax, LossKind::kNegativeSampling,
                                     LossKind::kSoftmax, LossKind::kOneVsAll),
                     testing::Values(Features::kWords, Features::kBigrams, Features::kSubwords)),
    name_of_case);

TEST_P(BackendTest, HogwildOnOneThreadIsPlainSgdStepByStep) {
  const Training one_example(1, args());
  for (int32_t epochs = 1; epochs <= kEpochs; ++epochs) {
    const Trained fast = one_example.run(make_hogwild_backend, 1, epochs);
    EXPECT_LT(distance(fast.weights, one_example.plain(epochs, 0)), 16 * reference::kEpsilon);
  }
}

TEST_P(BackendTest, HogwildOnOneThreadIsPlainSgd) {
  const Training training(150, args());
  for (int32_t epochs = 1; epochs <= kEpochs; ++epochs) {
    const Trained fast = training.run(make_hogwild_backend, 1, epochs);
    EXPECT_LT(distance(fast.weights, training.plain(epochs, 0)), kTolerance) << epochs;
  }
}

TEST_P(BackendTest, TheSumOfLossesIsThatOfTheReference) {
  const Training training(1, args());
  const Trained fast = training.run(make_hogwild_backend, 1, 1);
  EXPECT_GT(fast.epochs[0].end.loss_sum, 0);
  const Trained deterministic = training.run(make_deterministic_backend, 1, 1);
  EXPECT_NEAR(fast.epochs[0].end.loss_sum, deterministic.epochs[0].end.loss_sum, 1e-5);
}

// Which sizes of batches explain what deterministic training made of a text: one, and one alone,
// must. The size is the backend's affair.
std::vector<size_t> batch_sizes(const Training& training, Output output) {
  const Trained fast = training.run(make_deterministic_backend, 1, 1);
  std::vector<size_t> sizes;
  for (size_t batch = 1; batch <= 70; ++batch) {
    if (distance(fast.weights, training.plain(1, batch, output)) < kTolerance) {
      sizes.push_back(batch);
    }
  }
  return sizes;
}

TEST_P(BackendTest, DeterministicTrainingIsPlainBatchSgd) {
  const std::vector<size_t> sizes = batch_sizes(Training(150, args()), Output::kBatch);
  EXPECT_EQ(sizes.size(), 1u) << testing::PrintToString(sizes);
}

TEST_P(BackendTest, OnLongLinesDeterministicTrainingMovesOutputRowsInSeries) {
  const std::vector<size_t> sizes = batch_sizes(Training(150, args(), 200), Output::kInSeries);
  EXPECT_EQ(sizes.size(), 1u) << testing::PrintToString(sizes);
}

TEST_P(BackendTest, DeterministicTrainingHasTheSameBitsOnAnyNumberOfThreads) {
  for (const uint32_t longest : {12, 200}) {
    const Training training(150, args(), longest);
    const Trained one = training.run(make_deterministic_backend, 1);
    for (const int threads : {1, 2, 3, 4, 5, 8, 11}) {
      const Trained many = training.run(make_deterministic_backend, threads);
      EXPECT_TRUE(same_bits(one.weights, many.weights)) << threads;
      for (size_t epoch = 0; epoch < one.epochs.size(); ++epoch) {
        EXPECT_EQ(one.epochs[epoch].end.loss_sum, many.epochs[epoch].end.loss_sum) << threads;
      }
    }
  }
}

TEST_P(BackendTest, DeterministicTrainingOfFewExamplesOnManyThreads) {
  for (const int lines : {1, 2, 5}) {
    const Training training(lines, args());
    EXPECT_TRUE(same_bits(training.run(make_deterministic_backend, 1).weights,
                          training.run(make_deterministic_backend, 8).weights));
  }
}

// The loss of the last epoch, as a share of the first.
double share_of_loss_left(const Training& training, Make make, int threads, double lr) {
  const Trained trained = training.run(make, threads, kEpochs, lr);
  return trained.epochs.back().end.loss_sum / trained.epochs[0].end.loss_sum;
}

TEST_P(BackendTest, LossesFallOnAnyNumberOfThreads) {
  const Training training(1500, args());
  for (const int threads : {1, 2, 4}) {
    EXPECT_LT(share_of_loss_left(training, make_hogwild_backend, threads, 0.5), 0.8);
    EXPECT_LT(share_of_loss_left(training, make_deterministic_backend, threads, 0.2), 0.8);
  }
}

TEST_P(BackendTest, AnEpochReportsEveryExampleAndToken) {
  const Training training(700, args());
  for (const Make make : {make_hogwild_backend, make_deterministic_backend}) {
    for (const int threads : {1, 3}) {
      const RangeResult result = training.run(make, threads, 1).epochs[0];
      EXPECT_FALSE(result.diverged);
      EXPECT_EQ(result.end.examples, 700);
      EXPECT_EQ(result.end.tokens, training.corpus().token_end.back());
      EXPECT_NEAR(result.end.lr, kLr * (1 - 1.0 / kEpochs), 1e-6);
    }
  }
}

TEST_P(BackendTest, DivergenceIsSeen) {
  const Training training(300, args());
  for (const Make make : {make_hogwild_backend, make_deterministic_backend}) {
    for (const int threads : {1, 2}) {
      const Trained trained = training.run(make, threads, 2, 1e30);
      const RangeResult& last = trained.epochs.back();
      EXPECT_TRUE(last.diverged) << threads;
      EXPECT_LT(last.diverged_example, 300);
      EXPECT_GT(last.diverged_lr, 1e29);
    }
  }
}

// An epoch over 5000 examples; `stop_at_once`: stopped before it begins, else at its first report.
RangeResult stopped_epoch(Make make, int threads, bool stop_at_once) {
  const TrainingText text(labelled_text(5000, 1), args_of(LossKind::kSoftmax, Features::kWords));
  Weights weights = text.first_weights();
  const auto loss = make_loss(text.args(), text.label_counts());
  const SupervisedTask task{text.corpus(), text.subwords(), *loss, weights, 100, kSeed, threads};
  std::atomic<bool> stop = stop_at_once;
  const auto stop_at = [&](const RangeProgress& now) {
    EXPECT_GT(now.examples, 0);
    EXPECT_GT(now.loss_sum, 0);
    stop = true;
  };
  return make(task)->train(plan_epoch(text.corpus(), 0, 1, kLr, stop, stop_at));
}

TEST(Backend, AStopRequestEndsTheEpochEarly) {
  for (const Make make : {make_hogwild_backend, make_deterministic_backend}) {
    EXPECT_LT(stopped_epoch(make, 1, false).end.examples, 5000);
    EXPECT_LT(stopped_epoch(make, 1, true).end.examples, 5000);
    EXPECT_LT(stopped_epoch(make, 2, true).end.examples, 5000);
  }
}

TEST(LearningRate, FallsLinearlyToZeroAtTheEndOfTheLastEpoch) {
  const std::atomic<bool> stop = false;
  const RangePlan second{.epoch = 1, .epochs = 4, .lr = 0.8, .epoch_tokens = 100, .stop = stop};
  EXPECT_FLOAT_EQ(learning_rate(second, 0), 0.6f);
  EXPECT_FLOAT_EQ(learning_rate(second, 50), 0.5f);
  EXPECT_FLOAT_EQ(learning_rate(second, 100), 0.4f);
  const RangePlan last{.epoch = 3, .epochs = 4, .lr = 0.8, .epoch_tokens = 100, .stop = stop};
  EXPECT_EQ(learning_rate(last, 100), 0);
  EXPECT_EQ(learning_rate(last, 200), 0);
}

}  // namespace
}  // namespace wordfire
