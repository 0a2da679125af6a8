// The input rows of every word of the vocabulary: the word itself, then its character n-grams
// (Bojanowski et al., arXiv:1607.04606, section 3.2). Made once, since words return.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/dictionary.h"
#include "core/options.h"

namespace wordfire {

class SubwordTable {
 public:
  SubwordTable() = default;
  // Empty when args.maxn is 0. Rows of buckets are dictionary.nwords() + bucket.
  SubwordTable(const Dictionary& dictionary, const ModelArgs& args, int threads);

  [[nodiscard]] bool empty() const { return end_.empty(); }
  // The rows of `word` in [0, nwords).
  [[nodiscard]] std::span<const int32_t> rows_of(int32_t word) const {
    const int64_t begin = word == 0 ? 0 : end_[static_cast<size_t>(word) - 1];
    return std::span(rows_).subspan(static_cast<size_t>(begin),
                                    static_cast<size_t>(end_[static_cast<size_t>(word)] - begin));
  }
  // expanded = the features with each word of the vocabulary replaced by its rows.
  void expand(std::span<const int32_t> features, std::vector<int32_t>& expanded) const {
    const auto nwords = static_cast<int32_t>(end_.size());
    expanded.clear();
    for (const int32_t feature : features) {
      if (feature >= nwords) {
        expanded.push_back(feature);
      } else {
        const std::span<const int32_t> rows = rows_of(feature);
        expanded.insert(expanded.end(), rows.begin(), rows.end());
      }
    }
  }
  // All rows, to count or to renumber them.
  [[nodiscard]] std::span<int32_t> rows() { return rows_; }
  [[nodiscard]] std::span<const int32_t> rows() const { return rows_; }

 private:
  std::vector<int64_t> end_;  // [nwords]
  std::vector<int32_t> rows_;
};

}  // namespace wordfire
