// The kernels of text classifiers on a real GPU against the plain loops and the CPU.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "core/error.h"
#include "cuda/cuda_backend.h"
#include "tests/cuda/text_pair.h"
#include "tests/gpu/gpu.h"
#include "tests/reference/plan_epoch.h"

namespace wordfire {
namespace {

const std::atomic<bool> kNoStop = false;

// Every line alone: then it misses no other one's moves.
void expect_plain_steps(TextPair& pair, Backend& backend) {
  for (int64_t i = 0; i < pair.examples(); ++i) {
    RangePlan plan = plan_epoch(pair.corpus(), 0, 2, TextPair::kLr, kNoStop);
    plan.range = {i, i + 1};
    const double want = pair.loss_on_cpu(i);
    const RangeResult result = backend.train(plan);
    backend.give_weights();
    EXPECT_NEAR(result.end.loss_sum, want, 1e-5 * (1 + want));
    pair.train_plain(i);
    ASSERT_LT(pair.difference(), kTextStepTolerance * static_cast<double>(i + 1)) << "line " << i;
  }
}

class GpuTextTest : public GpuTest, public testing::WithParamInterface<TextCase> {
 protected:
  static ModelArgs args() {
    const auto [loss, features, dim] = GetParam();
    return args_of(loss, dim, features);
  }
};
INSTANTIATE_TEST_SUITE_P(
    All, GpuTextTest,
    testing::Combine(testing::Values(LossKind::kHierarchicalSoftmax, LossKind::kNegativeSampling,
                                     LossKind::kSoftmax, LossKind::kOneVsAll),
                     testing::Values(Features::kWords, Features::kNgrams, Features::kSubwords),
                     testing::Values(1, 5, 10, 16, 32, 33, 100, 300)),
    name_of_text_case);

TEST_P(GpuTextTest, EveryStepIsThatOfThePlainLoops) {
  TextPair pair(args());
  const auto backend = make_cuda_backend(pair.task(), device_);
  expect_plain_steps(pair, *backend);
}

class GpuTextLossTest : public GpuTest, public testing::WithParamInterface<LossKind> {
 protected:
  static ModelArgs args() { return args_of(GetParam(), 10, Features::kNgrams); }
};
INSTANTIATE_TEST_SUITE_P(All, GpuTextLossTest,
                         testing::Values(LossKind::kHierarchicalSoftmax,
                                         LossKind::kNegativeSampling, LossKind::kSoftmax,
                                         LossKind::kOneVsAll),
                         [](const auto& info) { return name_of(info.param); });

// Lines of one label and so many words.
std::string text_of_sizes(const std::vector<int>& sizes) {
  std::string text;
  for (size_t i = 0; i < sizes.size(); ++i) {
    text += "__label__" + std::to_string(i % 3);
    for (int word = 0; word < sizes[i]; ++word) text += " word" + std::to_string(word * 7 % 40);
    text += "\n";
  }
  return text;
}

TEST_P(GpuTextLossTest, LinesOfAnySizeAndManyLabelsTakeTheSameSteps) {
  for (const std::string& text :
       {labelled_text(20, 1, 400), text_of_labels(300),
        text_of_sizes({1, 2, 3, 31, 32, 33, 1, 85, 86, 127, 128, 129, 255, 256, 257, 1})}) {
    TextPair pair(args(), text);
    const auto backend = make_cuda_backend(pair.task(), device_);
    expect_plain_steps(pair, *backend);
  }
}

// The mean losses of some epochs.
std::vector<double> losses_of(Backend& backend, const Corpus& corpus, double lr) {
  constexpr int32_t kEpochs = 4;
  std::vector<double> losses;
  for (int32_t epoch = 0; epoch < kEpochs; ++epoch) {
    const RangeResult result = backend.train(plan_epoch(corpus, epoch, kEpochs, lr, kNoStop));
    EXPECT_FALSE(result.diverged);
    EXPECT_EQ(result.end.examples, corpus.examples());
    EXPECT_EQ(result.end.tokens, corpus.tokens_before(corpus.examples()));
    losses.push_back(result.end.loss_sum / static_cast<double>(result.end.examples));
  }
  return losses;
}

TEST_P(GpuTextLossTest, LossesFallAsOnTheCpu) {
  const std::string text = labelled_text(lines_of_text(5000), 1);
  TextPair on_gpu(args(), text);
  TextPair on_cpu(args(), text);
  const auto gpu = make_cuda_backend(on_gpu.task(), device_);
  const auto cpu = make_hogwild_backend(on_cpu.task());
  const auto got = losses_of(*gpu, on_gpu.corpus(), 0.2);
  const auto want = losses_of(*cpu, on_cpu.corpus(), 0.2);
  EXPECT_LT(got.back(), 0.8 * got.front());
  EXPECT_NEAR(got.back(), want.back(), 0.03 * want.back());
}

TEST_P(GpuTextLossTest, DivergenceIsSeen) {
  TextPair pair(args(), labelled_text(300, 1));
  const auto backend = make_cuda_backend(pair.task(), device_);
  RangePlan plan = plan_epoch(pair.corpus(), 0, 2, TextPair::kLr, kNoStop);
  plan.examples_before = 1000;
  pair.weights().input.row(pair.corpus().features_of(200)[0])[0] = NAN;
  const RangeResult result = backend->train(plan);
  EXPECT_TRUE(result.diverged);
  EXPECT_GE(result.diverged_example, 1000);
  EXPECT_LE(result.diverged_example, 1200);
  EXPECT_GT(result.diverged_lr, 0);
}

using GpuText = GpuTest;

TEST_F(GpuText, AStopRequestEndsTheEpochEarly) {
  TextPair pair(args_of(LossKind::kSoftmax, 10, Features::kWords), labelled_text(50'000, 1));
  const auto backend = make_cuda_backend(pair.task(), device_);
  std::atomic<bool> stop = false;
  const auto stop_at = [&](const RangeProgress& now) {
    EXPECT_GT(now.examples, 0);
    stop = true;
  };
  const RangePlan plan = plan_epoch(pair.corpus(), 0, 1, 0.1, stop, stop_at);
  const int64_t examples = backend->train(plan).end.examples;
  EXPECT_GT(examples, 0);
  EXPECT_LT(examples, 50'000);
  EXPECT_EQ(backend->train(plan).end.examples, 0);
}

TEST_F(GpuText, TooLittleMemoryIsSaidBeforeTrainingStarts) {
  TextPair pair(args_of(LossKind::kSoftmax, 10, Features::kWords));
  CudaDevice small = device_;
  small.free_bytes = int64_t{100} << 20;
  try {
    (void)make_cuda_backend(pair.task(), small);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_NE(std::string(error.what()).find("100 MiB are free"), std::string::npos)
        << error.what();
  }
}

// Lines that repeat one of the words 0 ... 9, which names their label: many enough for several
// pieces, or as long.
class LargeText {
 public:
  LargeText() {
    constexpr int64_t kFeatures = 6'000'000;
    const int64_t words = kFeatures / lines_;
    for (int64_t i = 0; i < lines_; ++i) {
      features_.insert(features_.end(), static_cast<size_t>(words),
                       static_cast<int32_t>(i * 7 % 10));
      labels_.push_back(static_cast<int32_t>(i * 7 % 10 % 2));
      feature_end_.push_back((i + 1) * words);
      label_end_.push_back(i + 1);
    }
    corpus_ = {features_, feature_end_, labels_, label_end_, feature_end_, nullptr};
  }
  [[nodiscard]] int64_t lines() const { return lines_; }
  [[nodiscard]] const Corpus& corpus() const { return corpus_; }

 private:
  int64_t lines_ = lines_of_text(300'000);
  std::vector<int32_t> features_;
  std::vector<int64_t> feature_end_;
  std::vector<int32_t> labels_;
  std::vector<int64_t> label_end_;
  Corpus corpus_;
};

TEST_F(GpuText, ATextLargerThanTheRoomIsTrainedInPieces) {
  const LargeText text;
  Weights weights{SharedMatrix(10, 4), SharedMatrix(2, 4)};
  for (int64_t i = 0; i < 10; ++i) first_row(1, i, 4, weights.input.row(i));
  const auto loss = make_loss(args_of(LossKind::kSoftmax, 4, Features::kWords),
                              std::vector<int64_t>{text.lines() / 2, text.lines() / 2});
  const SubwordTable none;
  const SupervisedTask task{text.corpus(), none, *loss, weights, 0, 1, 1};
  CudaDevice small = device_;
  small.free_bytes = int64_t{146} << 20;  // of which 128 MiB are kept free; the text has 23
  const auto backend = make_cuda_backend(task, small);
  const RangeResult result = backend->train(plan_epoch(text.corpus(), 0, 1, 0.1, kNoStop));
  EXPECT_EQ(result.end.examples, text.lines());
  EXPECT_LT(result.end.loss_sum / static_cast<double>(text.lines()), 0.05);
}

}  // namespace
}  // namespace wordfire
