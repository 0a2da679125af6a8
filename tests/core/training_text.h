// A small text with labels, as a corpus for backends and as plain examples for the reference.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/backend.h"
#include "core/model.h"
#include "core/text_features.h"
#include "tests/reference/plain_text.h"
#include "tests/reference/sgd.h"

namespace wordfire {

// Lines of 1 to `longest` topic words and noise; every fourth line has two labels, one of them
// sometimes twice.
inline std::string labelled_text(int lines, uint32_t seed, uint32_t longest = 12) {
  std::mt19937 random(seed);
  std::string text;
  for (int line = 0; line < lines; ++line) {
    const uint32_t topic = random() % 6 * (random() % 2);
    text += "__label__" + std::to_string(topic);
    if (line % 4 == 0) text += " __label__" + std::to_string(random() % 6);
    for (uint32_t words = 1 + random() % longest; words > 0; --words) {
      const bool noise = random() % 3 == 0;
      text += noise ? " noise" : " topic";
      text += std::to_string(noise ? random() % 30 : topic * 10 + random() % 4);
    }
    text += "\n";
  }
  return text;
}

class TrainingText {
 public:
  TrainingText(const std::string& text, const ModelArgs& args) {
    model_.args = args;
    const auto entries = reference::dictionary_of(reference::tokens_of(text), "__label__", 1, 0);
    std::vector<DictionaryEntry> views;
    for (const auto& entry : entries) {
      views.push_back(
          {entry.text, entry.count, entry.label ? EntryType::kLabel : EntryType::kWord});
    }
    model_.dictionary = Dictionary(views, 1);
    subwords_ = SubwordTable(model_.dictionary, args, 1);
    for (const std::string& line : reference::lines_of(text)) add(line);
    corpus_ = {features_, feature_end_, labels_, label_end_, token_end_, nullptr};
  }
  TrainingText(const TrainingText&) = delete;
  TrainingText& operator=(const TrainingText&) = delete;

  [[nodiscard]] const Corpus& corpus() const { return corpus_; }
  [[nodiscard]] const SubwordTable& subwords() const { return subwords_; }
  [[nodiscard]] const std::vector<reference::Example>& examples() const { return examples_; }
  [[nodiscard]] const ModelArgs& args() const { return model_.args; }
  [[nodiscard]] std::vector<int64_t> label_counts() const {
    return model_.dictionary.label_counts();
  }

  // Input rows with their first values; output rows that are not zero, so that all gradients count.
  [[nodiscard]] Weights first_weights() const {
    const int32_t dim = model_.args.dim;
    Weights weights{SharedMatrix(model_.dictionary.nwords() + model_.args.bucket, dim),
                    SharedMatrix(model_.dictionary.nlabels(), dim)};
    for (int64_t i = 0; i < weights.input.rows(); ++i) first_row(1, i, dim, weights.input.row(i));
    for (int64_t i = 0; i < weights.output.rows(); ++i) first_row(2, i, dim, weights.output.row(i));
    return weights;
  }

 private:
  // Features of the corpus are words; the table adds their character n-grams.
  void add(const std::string& line) {
    LineFeatures encoded;
    encode_line(model_, line, encoded);
    reference::Example& example = examples_.emplace_back();
    example.features = encoded.features;
    example.labels = encoded.labels;
    Model without_subwords = model_;
    without_subwords.args.maxn = 0;
    encode_line(without_subwords, line, encoded);
    features_.insert(features_.end(), encoded.features.begin(), encoded.features.end());
    labels_.insert(labels_.end(), encoded.labels.begin(), encoded.labels.end());
    feature_end_.push_back(static_cast<int64_t>(features_.size()));
    label_end_.push_back(static_cast<int64_t>(labels_.size()));
    token_end_.push_back((token_end_.empty() ? 0 : token_end_.back()) + encoded.ntokens);
  }

  Model model_;
  SubwordTable subwords_;
  std::vector<reference::Example> examples_;
  std::vector<int32_t> features_;
  std::vector<int64_t> feature_end_;
  std::vector<int32_t> labels_;
  std::vector<int64_t> label_end_;
  std::vector<int64_t> token_end_;
  Corpus corpus_;
};

}  // namespace wordfire
