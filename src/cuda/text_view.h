// A text classifier and its text as pointers into the memory of whoever trains: the GPU or, in
// tests, the CPU. Nothing here owns anything.
#pragma once

#include <cstdint>

#include "core/alias_table.h"
#include "core/host_device.h"
#include "core/learning_rate.h"
#include "core/options.h"

namespace wordfire {

struct TextLine {
  const int32_t* features;
  int64_t n_features;
  const int32_t* labels;
  int64_t n_labels;
  int64_t tokens_before;  // of the corpus
};

// Examples first, first + 1, ... of a corpus. Ends are those of the corpus; values begin with the
// first value of example `first`.
struct TextView {
  const int32_t* features = nullptr;
  const int64_t* feature_end = nullptr;
  const int32_t* labels = nullptr;
  const int64_t* label_end = nullptr;
  const int64_t* token_end = nullptr;
  int64_t first = 0;
  // Of the corpus, in front of example `first`:
  int64_t features_before = 0;
  int64_t labels_before = 0;
  int64_t tokens_before = 0;

  // Example i of the corpus.
  [[nodiscard]] WORDFIRE_HD TextLine line(int64_t i) const {
    const int64_t at = i - first;
    const int64_t feature = at == 0 ? features_before : feature_end[at - 1];
    const int64_t label = at == 0 ? labels_before : label_end[at - 1];
    return {features + (feature - features_before), feature_end[at] - feature,
            labels + (label - labels_before), label_end[at] - label,
            at == 0 ? tokens_before : token_end[at - 1]};
  }
};

// The input rows of words; see core/subword_table.h.
struct SubwordView {
  const int64_t* end = nullptr;  // [words]
  const int32_t* rows = nullptr;
  int32_t words = 0;  // 0: every feature is one row

  [[nodiscard]] WORDFIRE_HD int64_t begin_of(int32_t word) const {
    return word == 0 ? 0 : end[word - 1];
  }
};

// A logistic unit: an output row, and whether its target is 1.
[[nodiscard]] WORDFIRE_HD constexpr int32_t make_unit(int32_t row, bool is_positive) {
  return row * 2 + (is_positive ? 1 : 0);
}
[[nodiscard]] WORDFIRE_HD constexpr int32_t row_of_unit(int32_t unit) { return unit >> 1; }
[[nodiscard]] WORDFIRE_HD constexpr bool is_positive(int32_t unit) { return (unit & 1) != 0; }

struct LossView {
  LossKind kind = LossKind::kSoftmax;
  // Negative sampling:
  int32_t neg = 0;
  const AliasCell* cells = nullptr;  // [labels]
  // Hierarchical softmax: the units of label i, from its leaf up, are
  // path[path_end[i - 1], path_end[i]).
  const int64_t* path_end = nullptr;
  const int32_t* path = nullptr;
};

struct TextWeights {
  float* input = nullptr;   // [rows, width]
  float* output = nullptr;  // [labels, width]
  int32_t width = 0;        // floats from a row to the next, a multiple of four; zero behind dim
  int32_t chunks = 0;       // of a row
  int32_t labels = 0;
};

// Everything that does not change within a range.
struct TextTask {
  TextView text;
  SubwordView subwords;
  LossView loss;
  TextWeights weights;
  uint64_t seed = 0;
};

// Lines [begin, end) of the corpus, to be trained at once.
struct TextRun {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t examples_before = 0;  // of the text, in front of the corpus
  LearningRate rate = {};
};

// What lines that one team trained have come to.
struct TextSums {
  double loss = 0;
  int64_t diverged = -1;  // the first example whose loss is not a number; -1: none
};

inline void add_sums(TextSums& all, const TextSums& sums) {
  all.loss += sums.loss;
  if (sums.diverged < 0) return;
  if (all.diverged < 0 || sums.diverged < all.diverged) all.diverged = sums.diverged;
}

}  // namespace wordfire
