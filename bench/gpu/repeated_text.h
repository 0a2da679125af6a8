// A corpus, so many times over, in memory: a text that is large enough to keep a GPU busy, of one
// that can be carried there.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/corpus.h"

namespace wordfire {

class RepeatedText {
 public:
  // repeats: at least 1.
  RepeatedText(const Corpus& once, int64_t repeats) {
    features_.reserve(once.features.size() * static_cast<size_t>(repeats));
    labels_.reserve(once.labels.size() * static_cast<size_t>(repeats));
    for (int64_t i = 0; i < repeats; ++i) {
      add_ends(once.feature_end, feature_end_);
      add_ends(once.label_end, label_end_);
      add_ends(once.token_end, token_end_);
      features_.insert(features_.end(), once.features.begin(), once.features.end());
      labels_.insert(labels_.end(), once.labels.begin(), once.labels.end());
    }
  }

  // text: it is kept by the corpus, which tells a backend that it does not change.
  [[nodiscard]] static Corpus corpus_of(const std::shared_ptr<const RepeatedText>& text) {
    return {text->features_,  text->feature_end_, text->labels_,
            text->label_end_, text->token_end_,   text};
  }
  // How often a text is to be repeated for so many tokens.
  [[nodiscard]] static int64_t repeats_for(const Corpus& once, int64_t tokens) {
    const int64_t of_one = once.tokens_before(once.examples());
    return of_one == 0 || tokens <= of_one ? 1 : (tokens + of_one - 1) / of_one;
  }

 private:
  static void add_ends(std::span<const int64_t> once, std::vector<int64_t>& all) {
    const int64_t before = all.empty() ? 0 : all.back();
    for (const int64_t end : once) all.push_back(before + end);
  }

  std::vector<int32_t> features_;
  std::vector<int64_t> feature_end_;
  std::vector<int32_t> labels_;
  std::vector<int64_t> label_end_;
  std::vector<int64_t> token_end_;
};

}  // namespace wordfire
