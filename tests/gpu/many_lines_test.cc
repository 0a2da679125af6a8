// Many lines at a time: each is trained, once, whatever their number and their sizes are.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "cuda/cuda_backend.h"
#include "tests/cuda/line_corpus.h"
#include "tests/cuda/text_pair.h"
#include "tests/cuda/word_fixture.h"
#include "tests/gpu/gpu.h"
#include "tests/reference/plan_epoch.h"

namespace wordfire {
namespace {

const std::atomic<bool> kNoStop = false;
// So low that a row's move does not depend on those of others.
constexpr double kLowRate = 1e-4;
constexpr int32_t kDim = 12;

Weights first_weights(int64_t inputs, int64_t outputs) {
  Weights weights{SharedMatrix(inputs, kDim), SharedMatrix(outputs, kDim)};
  const auto fill = [](SharedMatrix& matrix, uint64_t seed) {
    for (int64_t i = 0; i < matrix.rows(); ++i) {
      first_row(seed, i, kDim, matrix.row(i));
      for (int32_t k = 0; k < kDim; ++k) matrix.row(i)[k] *= kDim;
    }
  };
  fill(weights.input, 1);
  fill(weights.output, 2);
  return weights;
}

// How far each input row has come, as a share of how far it should have.
void expect_same_moves(const Weights& got, const Weights& want) {
  const Weights first = first_weights(want.input.rows(), want.output.rows());
  for (int64_t i = 0; i < want.input.rows(); ++i) {
    double square = 0;
    double product = 0;
    for (int32_t k = 0; k < kDim; ++k) {
      const double wanted = want.input.row(i)[k] - first.input.row(i)[k];
      square += wanted * wanted;
      product += wanted * (got.input.row(i)[k] - first.input.row(i)[k]);
    }
    ASSERT_GT(square, 0) << i;
    ASSERT_NEAR(product / square, 1, 0.1) << "row " << i;
  }
}

using Ids = std::vector<int32_t>;

using GpuManyLines = GpuTest;

TEST_F(GpuManyLines, OfAClassifierAreEachTrainedOnce) {
  for (const int lines : {1, 2, 33, lines_of_text(3001)}) {
    LineCorpus text;
    // A row of its own, and more of them in some lines.
    for (int32_t i = 0; i < lines; ++i)
      text.add(Ids(static_cast<size_t>(1 + i % 5), i), Ids{i % 3});
    const auto loss = make_loss(args_of(LossKind::kSoftmax, kDim, Features::kWords),
                                std::vector<int64_t>{lines, lines, lines});
    const SubwordTable none;
    Weights on_gpu = first_weights(lines, 3);
    Weights on_cpu = first_weights(lines, 3);
    const auto plan = plan_epoch(text.corpus(), 0, 2, kLowRate, kNoStop);
    const auto gpu = make_cuda_backend({text.corpus(), none, *loss, on_gpu, 0, 1, 1}, device_);
    const RangeResult result = gpu->train(plan);
    gpu->give_weights();
    (void)make_hogwild_backend({text.corpus(), none, *loss, on_cpu, 0, 1, 1})->train(plan);
    EXPECT_EQ(result.end.examples, lines);
    expect_same_moves(on_gpu, on_cpu);
  }
}

// Vectors of a vocabulary as large as the text.
class ManyWords {
 public:
  ManyWords(ModelKind model, int64_t words) : counts(static_cast<size_t>(words), 1) {
    args.model = model;
    args.loss = LossKind::kNegativeSampling;
    args.dim = kDim;
    args.neg = 0;
    args.ws = 2;
    args.t = 1e9;  // every word is kept
    loss = make_loss(args, counts);
  }
  [[nodiscard]] WordVectorTask task(const Corpus& corpus, Weights& weights) const {
    return {.corpus = corpus,
            .subwords = none,
            .loss = *loss,
            .args = args,
            .counts = counts,
            .tokens = static_cast<int64_t>(counts.size()),
            .negative_power = 0.5,
            .batch_size = 0,
            .exact = false,
            .weights = weights,
            .seed = 1,
            .threads = 1};
  }

  ModelArgs args;
  std::vector<int64_t> counts;
  std::unique_ptr<Loss> loss;
  SubwordTable none;
};

TEST_F(GpuManyLines, OfWordsAreEachTrainedOnce) {
  for (const ModelKind model : {ModelKind::kSkipgram, ModelKind::kCbow}) {
    for (const int lines : {1, 2, 33, lines_of_text(3001)}) {
      LineCorpus text;
      for (int32_t i = 0; i < lines; ++i) {
        text.add(Ids{2 * i, 2 * i + 1});  // words of its own
        text.add(Ids());
      }
      const ManyWords words(model, 2 * lines);
      Weights on_gpu = first_weights(2 * lines, 2 * lines);
      Weights on_cpu = first_weights(2 * lines, 2 * lines);
      const auto plan = plan_epoch(text.corpus(), 0, 2, kLowRate, kNoStop);
      const auto gpu = make_cuda_word_vector_backend(words.task(text.corpus(), on_gpu), device_);
      const RangeResult result = gpu->train(plan);
      gpu->give_weights();
      (void)make_word_vector_backend(words.task(text.corpus(), on_cpu))->train(plan);
      EXPECT_EQ(result.end.tokens, 2 * lines);
      expect_same_moves(on_gpu, on_cpu);
    }
  }
}

// Sizes about those of warps and of what is staged, in one text, one after the other.
TEST_F(GpuManyLines, OfWordsMayHaveAnySize) {
  std::vector<Ids> all;
  LineCorpus text;
  std::mt19937 random(4);
  for (const int size : {0, 1, 2, 3, 31, 32, 33, 0, 63, 64, 65, 130, 1}) {
    all.emplace_back();
    for (int i = 0; i < size; ++i) {
      all.back().push_back(static_cast<int32_t>(random() % WordFixture::kWords));
    }
    text.add(all.back());
  }
  for (const ModelKind model : {ModelKind::kSkipgram, ModelKind::kCbow}) {
    WordFixture fixture({model, false, 0, 5, kDim});
    const auto backend = make_cuda_word_vector_backend(fixture.task(text.corpus()), device_);
    for (int64_t i = 0; i < text.corpus().examples(); ++i) {
      RangePlan plan = plan_epoch(text.corpus(), 0, 2, WordFixture::kLr, kNoStop);
      plan.range = {i, i + 1};
      (void)backend->train(plan);
      backend->give_weights();
      Rng rng(WordFixture::kSeed, 0, static_cast<uint64_t>(i));
      fixture.train_plain(all[static_cast<size_t>(i)],
                          learning_rate(plan, text.corpus().tokens_before(i)), rng);
      ASSERT_LT(fixture.distance_to_plain(), 1e-5) << "line " << i;
      fixture.copy_to_plain();
    }
  }
}

// Eight million words, nearly all of which subsampling drops, and little room.
TEST_F(GpuManyLines, OfWordsComeInPiecesWhereTheyDoNotFit) {
  constexpr int kLines = 8200;
  Ids line(1023);
  for (size_t i = 0; i < line.size(); ++i) line[i] = static_cast<int32_t>(i) % WordFixture::kWords;
  LineCorpus text;
  for (int i = 0; i < kLines; ++i) text.add(line);
  const Corpus& corpus = text.corpus();
  WordFixture fixture({ModelKind::kSkipgram, false, 0, 5, kDim});
  fixture.args.t = 1e-7;
  CudaDevice small = device_;
  small.free_bytes = int64_t{128 + 26} << 20;  // 128 MiB are kept free; the text has 31
  const auto backend = make_cuda_word_vector_backend(fixture.task(corpus), small);
  const RangeResult result = backend->train(plan_epoch(corpus, 0, 1, 0.01, kNoStop));
  backend->give_weights();
  EXPECT_EQ(result.end.tokens, corpus.token_end.back());
  EXPECT_GT(result.end.examples, 0);
  EXPECT_GT(fixture.distance_to_plain(), 0);
  EXPECT_TRUE(std::isfinite(fixture.distance_to_plain()));
}

}  // namespace
}  // namespace wordfire
