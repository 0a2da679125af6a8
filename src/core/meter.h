// Precision, recall and F1 of predicted labels, in total and by label.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/predictor.h"

namespace wordfire {

// Counts of one label, or of all: how often it was predicted, how often it was true, how often
// both.
struct LabelCounts {
  int64_t predicted = 0;
  int64_t gold = 0;
  int64_t predicted_gold = 0;

  // NaN where the denominator is zero.
  [[nodiscard]] double precision() const;
  [[nodiscard]] double recall() const;
  [[nodiscard]] double f1() const;
};

class Meter {
 public:
  explicit Meter(int32_t nlabels) : by_label_(nlabels) {}

  // gold: the true labels of an example, predictions: its best k.
  void log(std::span<const int32_t> gold, std::span<const Prediction> predictions);
  // Adds what another meter over the same labels has counted.
  void merge(const Meter& other);

  [[nodiscard]] int64_t examples() const { return examples_; }
  [[nodiscard]] const LabelCounts& total() const { return total_; }
  [[nodiscard]] const LabelCounts& of_label(int32_t label) const { return by_label_[label]; }
  [[nodiscard]] int32_t nlabels() const { return static_cast<int32_t>(by_label_.size()); }

 private:
  int64_t examples_ = 0;
  LabelCounts total_;
  std::vector<LabelCounts> by_label_;
};

}  // namespace wordfire
