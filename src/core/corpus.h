// Text as ids, read once: what epochs run over.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace wordfire {

// Examples in the order of the text; only those with at least one label and one feature. Views into
// memory or a scratch file that `storage` keeps.
struct Corpus {
  // Input rows of example i: features[feature_end[i - 1], feature_end[i]), likewise its labels.
  std::span<const int32_t> features;
  std::span<const int64_t> feature_end;  // [examples]
  std::span<const int32_t> labels;       // [0, nlabels)
  std::span<const int64_t> label_end;    // [examples]
  // Tokens of the text up to and including the example, of those lines that are examples: the
  // learning rate falls with them.
  std::span<const int64_t> token_end;  // [examples]
  std::shared_ptr<const void> storage;

  [[nodiscard]] int64_t examples() const { return static_cast<int64_t>(feature_end.size()); }
  [[nodiscard]] std::span<const int32_t> features_of(int64_t i) const {
    return slice(features, feature_end, i);
  }
  [[nodiscard]] std::span<const int32_t> labels_of(int64_t i) const {
    return slice(labels, label_end, i);
  }
  [[nodiscard]] int64_t tokens_before(int64_t i) const { return i == 0 ? 0 : token_end[i - 1]; }

 private:
  [[nodiscard]] static std::span<const int32_t> slice(std::span<const int32_t> values,
                                                      std::span<const int64_t> end, int64_t i) {
    const int64_t begin = i == 0 ? 0 : end[i - 1];
    return values.subspan(static_cast<size_t>(begin), static_cast<size_t>(end[i] - begin));
  }
};

}  // namespace wordfire
