// A text classifier's weights as they are trained one way or another, and as the plain loops train
// them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/backend.h"
#include "core/loss.h"
#include "tests/core/training_text.h"
#include "tests/reference/row_loops.h"
#include "tests/reference/sgd.h"

namespace wordfire {

enum class Features { kWords, kNgrams, kSubwords };

inline ModelArgs args_of(LossKind loss, int32_t dim, Features features) {
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

inline reference::Rows rows_of(const SharedMatrix& matrix) {
  reference::Rows rows;
  for (int64_t i = 0; i < matrix.rows(); ++i) {
    rows.emplace_back(matrix.row(i), matrix.row(i) + matrix.dim());
  }
  return rows;
}

// Two lines of each label.
inline std::string text_of_labels(int32_t labels) {
  std::string text;
  for (int32_t i = 0; i < 2 * labels; ++i) {
    text += "__label__" + std::to_string(i % labels) + " word" + std::to_string(i) + " common\n";
  }
  return text;
}

// The largest difference of two matrices, and whether memory behind the rows stayed zero.
inline double distance(const SharedMatrix& fast, const reference::Rows& plain) {
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

inline std::string name_of(LossKind loss) {
  const char* const names[] = {"", "Hs", "Ns", "Softmax", "Ova"};
  return names[static_cast<size_t>(loss)];
}
inline std::string name_of(Features features) {
  const char* const names[] = {"Words", "Ngrams", "Subwords"};
  return names[static_cast<size_t>(features)];
}

using TextCase = std::tuple<LossKind, Features, int32_t>;

inline std::string name_of_text_case(const testing::TestParamInfo<TextCase>& info) {
  const auto [loss, features, dim] = info.param;
  return name_of(loss) + name_of(features) + "Dim" + std::to_string(dim);
}

inline double distance(const SharedMatrix& a, const SharedMatrix& b) {
  double largest = 0;
  for (int64_t i = 0; i < a.rows(); ++i) {
    for (int32_t j = 0; j < a.dim(); ++j) {
      const double difference = std::abs(a.row(i)[j] - b.row(i)[j]);
      if (!(difference <= largest)) largest = difference;
    }
  }
  return largest;
}

inline double distance(const Weights& a, const Weights& b) {
  return std::max(distance(a.input, b.input), distance(a.output, b.output));
}

// From a text: weights to train, and the same for the plain loops.
class TextPair {
 public:
  static constexpr uint64_t kSeed = 3;
  static constexpr double kLr = 0.2;

  // counts: of the labels, unless those of the text.
  explicit TextPair(const ModelArgs& args, const std::string& text = labelled_text(20, 1),
                    std::vector<int64_t> counts = {})
      : text_(text, args),
        weights_(text_.first_weights()),
        counts_(counts.empty() ? text_.label_counts() : std::move(counts)),
        loss_(make_loss(args, counts_)),
        plain_(args, counts_, rows_of(weights_.input), rows_of(weights_.output)) {}

  [[nodiscard]] const Corpus& corpus() const { return text_.corpus(); }
  [[nodiscard]] int64_t examples() const { return corpus().examples(); }
  [[nodiscard]] Weights& weights() { return weights_; }
  [[nodiscard]] SupervisedTask task() {
    return {text_.corpus(), text_.subwords(), *loss_, weights_, 0, kSeed, 1};
  }
  // Of the first of two epochs.
  [[nodiscard]] LearningRate rate() const {
    return {.start = kLr,
            .epoch = 0,
            .epochs = 2,
            .epoch_tokens = corpus().token_end.back(),
            .tokens_before = 0};
  }

  void train_plain(int64_t i) {
    const auto& example = text_.examples()[static_cast<size_t>(i)];
    const Rng rng = rng_of(i);
    const double lr = rate().at(corpus().tokens_before(i));
    plain_.batch({&example, 1}, {&lr, 1}, {&rng, 1});
  }
  // Of example i, from the weights as they stand.
  [[nodiscard]] double loss_on_cpu(int64_t i) const {
    std::vector<float> hidden(static_cast<size_t>(buffer_width(text_.args().dim)));
    weights_.input.mean_of_rows(text_.examples()[static_cast<size_t>(i)].features, 0,
                                hidden.data());
    OutputStep step;
    Rng rng = rng_of(i);
    return loss_->gradient(weights_.output, hidden.data(), corpus().labels_of(i), 0.1f, rng, step);
  }
  // The largest of a weight from the plain one.
  [[nodiscard]] double difference() const {
    return std::max(distance(weights_.input, plain_.input()),
                    distance(weights_.output, plain_.output()));
  }

 private:
  [[nodiscard]] static Rng rng_of(int64_t i) { return Rng(kSeed, 0, static_cast<uint64_t>(i)); }

  TrainingText text_;
  Weights weights_;
  std::vector<int64_t> counts_;
  std::unique_ptr<Loss> loss_;
  reference::SgdTrainer plain_;
};

// Values are at most about 1 and move by some hundredths.
inline constexpr double kTextStepTolerance = 4 * reference::kEpsilon;

}  // namespace wordfire
