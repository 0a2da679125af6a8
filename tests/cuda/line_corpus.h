// Corpora that tests make line by line.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/corpus.h"

namespace wordfire {

class LineCorpus {
 public:
  LineCorpus() = default;
  LineCorpus(const LineCorpus&) = delete;
  LineCorpus& operator=(const LineCorpus&) = delete;

  // tokens: as many as it has features, unless given.
  void add(std::span<const int32_t> features, std::span<const int32_t> labels = {},
           int64_t tokens = -1) {
    features_.insert(features_.end(), features.begin(), features.end());
    labels_.insert(labels_.end(), labels.begin(), labels.end());
    feature_end_.push_back(static_cast<int64_t>(features_.size()));
    label_end_.push_back(static_cast<int64_t>(labels_.size()));
    tokens_ += tokens < 0 ? static_cast<int64_t>(features.size()) : tokens;
    token_end_.push_back(tokens_);
    corpus_.features = features_;
    corpus_.feature_end = feature_end_;
    corpus_.token_end = token_end_;
    if (labels_.empty()) return;  // of words
    corpus_.labels = labels_;
    corpus_.label_end = label_end_;
  }
  [[nodiscard]] const Corpus& corpus() const { return corpus_; }

  // The features, to be changed where they are.
  [[nodiscard]] std::span<int32_t> features() { return features_; }
  // Whose it is. null: anybody may change it.
  void own(std::shared_ptr<const void> owner) { corpus_.storage = std::move(owner); }

 private:
  std::vector<int32_t> features_;
  std::vector<int32_t> labels_;
  std::vector<int64_t> feature_end_;
  std::vector<int64_t> label_end_;
  std::vector<int64_t> token_end_;
  int64_t tokens_ = 0;
  Corpus corpus_;
};

}  // namespace wordfire
