#include "core/meter.h"

#include <algorithm>
#include <limits>

namespace wordfire {
namespace {

double ratio(int64_t part, int64_t whole) {
  if (whole == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(part) / static_cast<double>(whole);
}

void add(LabelCounts& to, const LabelCounts& from) {
  to.predicted += from.predicted;
  to.gold += from.gold;
  to.predicted_gold += from.predicted_gold;
}

// The labels of a line, for many questions whether one is among them.
class LabelSet {
 public:
  explicit LabelSet(std::span<const int32_t> labels) : labels_(labels) {
    if (labels.size() <= kScanned) return;
    sorted_.assign(labels.begin(), labels.end());
    std::ranges::sort(sorted_);
  }
  [[nodiscard]] bool contains(int32_t label) const {
    if (!sorted_.empty()) return std::ranges::binary_search(sorted_, label);
    return std::ranges::find(labels_, label) != labels_.end();
  }

 private:
  // Lines have a few labels; one with a million must not take a million times a million steps.
  static constexpr size_t kScanned = 16;
  std::span<const int32_t> labels_;
  std::vector<int32_t> sorted_;
};

}  // namespace

double LabelCounts::precision() const { return ratio(predicted_gold, predicted); }
double LabelCounts::recall() const { return ratio(predicted_gold, gold); }
double LabelCounts::f1() const { return ratio(2 * predicted_gold, predicted + gold); }

void Meter::log(std::span<const int32_t> gold, std::span<const Prediction> predictions) {
  ++examples_;
  total_.gold += static_cast<int64_t>(gold.size());
  total_.predicted += static_cast<int64_t>(predictions.size());
  for (const int32_t label : gold) ++by_label_[label].gold;
  const LabelSet gold_set(gold);
  for (const Prediction& prediction : predictions) {
    LabelCounts& counts = by_label_[prediction.label];
    ++counts.predicted;
    if (!gold_set.contains(prediction.label)) continue;
    ++counts.predicted_gold;
    ++total_.predicted_gold;
  }
}

void Meter::merge(const Meter& other) {
  examples_ += other.examples_;
  add(total_, other.total_);
  for (size_t label = 0; label < by_label_.size(); ++label) {
    add(by_label_[label], other.by_label_[label]);
  }
}

}  // namespace wordfire
