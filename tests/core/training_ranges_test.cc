// Backends train any range of any piece of a text as they would train it within the whole.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <vector>

#include "core/backend.h"
#include "core/loss.h"
#include "tests/core/training_text.h"
#include "tests/reference/plan_epoch.h"

namespace wordfire {
namespace {

constexpr int64_t kLines = 400;
// Where the text is cut: inside a chunk that a worker takes, and right behind a line.
constexpr int64_t kCuts[] = {0, 1, 150, 399, kLines};

// Examples [begin, end) of a corpus, with storage of their own.
class Piece {
 public:
  Piece(const Corpus& whole, ExampleRange range) {
    for (int64_t i = range.begin; i < range.end; ++i) {
      const auto features = whole.features_of(i);
      features_.insert(features_.end(), features.begin(), features.end());
      feature_end_.push_back(static_cast<int64_t>(features_.size()));
      token_end_.push_back(whole.tokens_before(i + 1) - whole.tokens_before(range.begin));
      if (whole.label_end.empty()) continue;
      const auto labels = whole.labels_of(i);
      labels_.insert(labels_.end(), labels.begin(), labels.end());
      label_end_.push_back(static_cast<int64_t>(labels_.size()));
    }
    corpus = {features_, feature_end_, labels_, label_end_, token_end_, nullptr};
  }

  Corpus corpus;

 private:
  std::vector<int32_t> features_;
  std::vector<int64_t> feature_end_;
  std::vector<int32_t> labels_;
  std::vector<int64_t> label_end_;
  std::vector<int64_t> token_end_;
};

bool same_bits(const SharedMatrix& a, const SharedMatrix& b) {
  return std::memcmp(a.row(0), b.row(0),
                     static_cast<size_t>(SharedMatrix::bytes_for(a.rows(), a.dim()))) == 0;
}

bool same_bits(const Weights& a, const Weights& b) {
  return same_bits(a.input, b.input) && same_bits(a.output, b.output);
}

using MakeBackend = std::function<std::unique_ptr<Backend>(const Corpus&, Weights&)>;

// An epoch, range after range.
void train_in_ranges(const Corpus& text, const MakeBackend& make, Weights& weights) {
  const std::atomic<bool> stop = false;
  RangePlan plan = plan_epoch(text, 1, 3, 0.2, stop);
  const auto backend = make(text, weights);
  for (size_t i = 1; i < std::size(kCuts); ++i) {
    plan.range = {kCuts[i - 1], kCuts[i]};
    EXPECT_EQ(backend->train(plan).end.tokens,
              text.tokens_before(kCuts[i]) - text.tokens_before(kCuts[i - 1]));
  }
}

// The same ranges, each a corpus by itself that takes the place of the one before.
void train_in_pieces(const Corpus& text, const MakeBackend& make, Weights& weights) {
  const std::atomic<bool> stop = false;
  Corpus piece = text;  // what a backend plans, it plans for the text
  const auto backend = make(piece, weights);
  for (size_t i = 1; i < std::size(kCuts); ++i) {
    const Piece owner(text, {kCuts[i - 1], kCuts[i]});
    piece = owner.corpus;
    RangePlan plan = plan_epoch(piece, 1, 3, 0.2, stop);
    plan.epoch_tokens = text.token_end.back();
    plan.examples_before = kCuts[i - 1];
    plan.tokens_before = text.tokens_before(kCuts[i - 1]);
    const RangeResult result = backend->train(plan);
    EXPECT_FLOAT_EQ(static_cast<float>(result.end.lr), learning_rate(plan, piece.token_end.back()));
  }
}

class Classifier {
 public:
  explicit Classifier(LossKind kind) : text_(labelled_text(kLines, 1), args_of(kind)) {
    loss_ = make_loss(text_.args(), text_.label_counts());
  }

  [[nodiscard]] const Corpus& corpus() const { return text_.corpus(); }
  [[nodiscard]] Weights first_weights() const { return text_.first_weights(); }
  [[nodiscard]] MakeBackend maker(bool deterministic, int threads) const {
    return [=, this](const Corpus& corpus, Weights& weights) {
      const SupervisedTask task{corpus, text_.subwords(), *loss_, weights, 0, 3, threads};
      return deterministic ? make_deterministic_backend(task) : make_hogwild_backend(task);
    };
  }

 private:
  static ModelArgs args_of(LossKind kind) {
    ModelArgs args;
    args.dim = 10;
    args.loss = kind;
    args.bucket = 60;
    args.word_ngrams = 2;
    return args;
  }

  TrainingText text_;
  std::unique_ptr<Loss> loss_;
};

class WordVectors {
 public:
  WordVectors() {
    args_.model = ModelKind::kSkipgram;
    args_.loss = LossKind::kNegativeSampling;
    loss_ = make_loss(args_, counts_);
    std::mt19937 random(5);
    for (int64_t line = 0; line < kLines; ++line) {
      for (uint32_t n = 1 + random() % 9; n > 0; --n) words_.push_back(int32_t(random() % kWords));
      ends_.push_back(static_cast<int64_t>(words_.size()));
    }
    corpus_ = {words_, ends_, {}, {}, ends_, nullptr};
  }

  [[nodiscard]] const Corpus& corpus() const { return corpus_; }
  [[nodiscard]] static Weights first_weights() {
    Weights weights{SharedMatrix(kWords, kDim), SharedMatrix(kWords, kDim)};
    for (int64_t i = 0; i < kWords; ++i) first_row(1, i, kDim, weights.input.row(i));
    return weights;
  }
  [[nodiscard]] MakeBackend maker(bool deterministic, int threads) const {
    return [=, this](const Corpus& corpus, Weights& weights) {
      const WordVectorTask task{.corpus = corpus,
                                .subwords = subwords_,
                                .loss = *loss_,
                                .args = args_,
                                .counts = counts_,
                                .tokens = 1000,
                                .negative_power = 0.5,
                                .batch_size = 0,
                                .exact = false,
                                .weights = weights,
                                .seed = 9,
                                .threads = threads};
      return deterministic ? make_deterministic_word_vector_backend(task)
                           : make_word_vector_backend(task);
    };
  }

 private:
  static constexpr int32_t kWords = 30;
  static constexpr int32_t kDim = 12;
  ModelArgs args_;
  SubwordTable subwords_;
  std::vector<int64_t> counts_ = std::vector<int64_t>(kWords, 50);
  std::unique_ptr<Loss> loss_;
  std::vector<int32_t> words_;
  std::vector<int64_t> ends_;
  Corpus corpus_;
};

template <typename Training>
void expect_pieces_train_as_ranges(const Training& training, bool deterministic, int threads) {
  Weights in_ranges = training.first_weights();
  Weights in_pieces = training.first_weights();
  const MakeBackend make = training.maker(deterministic, threads);
  train_in_ranges(training.corpus(), make, in_ranges);
  train_in_pieces(training.corpus(), make, in_pieces);
  EXPECT_FALSE(same_bits(in_ranges, training.first_weights()));
  EXPECT_TRUE(same_bits(in_ranges, in_pieces));
}

template <typename Training>
void expect_ranges_train_as_the_epoch(const Training& training) {
  const MakeBackend make = training.maker(false, 1);
  Weights in_ranges = training.first_weights();
  train_in_ranges(training.corpus(), make, in_ranges);
  Weights at_once = training.first_weights();
  const std::atomic<bool> stop = false;
  const auto backend = make(training.corpus(), at_once);
  EXPECT_EQ(backend->train(plan_epoch(training.corpus(), 1, 3, 0.2, stop)).end.tokens,
            training.corpus().token_end.back());
  EXPECT_TRUE(same_bits(in_ranges, at_once));
}

TEST(TrainingRanges, OnOneThreadTheyMakeUpTheEpoch) {
  expect_ranges_train_as_the_epoch(Classifier(LossKind::kSoftmax));
  expect_ranges_train_as_the_epoch(Classifier(LossKind::kNegativeSampling));
  expect_ranges_train_as_the_epoch(WordVectors());
}

TEST(TrainingRanges, APieceOfTheTextTrainsAsWithinTheWhole) {
  for (const bool deterministic : {false, true}) {
    expect_pieces_train_as_ranges(Classifier(LossKind::kSoftmax), deterministic, 1);
    expect_pieces_train_as_ranges(Classifier(LossKind::kNegativeSampling), deterministic, 1);
    expect_pieces_train_as_ranges(WordVectors(), deterministic, 1);
  }
  expect_pieces_train_as_ranges(Classifier(LossKind::kOneVsAll), true, 3);
  expect_pieces_train_as_ranges(WordVectors(), true, 3);
}

}  // namespace
}  // namespace wordfire
