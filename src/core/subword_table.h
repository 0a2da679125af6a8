// The input rows of every word of the vocabulary: the word itself, then its character n-grams
// (Bojanowski et al., arXiv:1607.04606, section 3.2). Made once, since words return.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/dictionary.h"
#include "core/options.h"

namespace wordfire {

// How many character n-grams a word has: those that append_subword_buckets() appends.
[[nodiscard]] int64_t subword_count(std::string_view word, const ModelArgs& args);

class SubwordTable {
 public:
  SubwordTable() = default;
  // Empty when args.maxn is 0. Rows of buckets are dictionary.nwords() + bucket.
  SubwordTable(const Dictionary& dictionary, const ModelArgs& args, int threads);
  // Bytes that such a table takes, also while it is made.
  [[nodiscard]] static int64_t bytes_for(const Dictionary& dictionary, const ModelArgs& args);

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
  // How many rows expand() would write.
  [[nodiscard]] int64_t expanded_size(std::span<const int32_t> features) const {
    auto size = static_cast<int64_t>(features.size());
    if (empty()) return size;
    for (const int32_t feature : features) {
      if (feature < static_cast<int32_t>(end_.size())) {
        size += static_cast<int64_t>(rows_of(feature).size()) - 1;
      }
    }
    return size;
  }
  // Where the rows of each word end.
  [[nodiscard]] std::span<const int64_t> ends() const { return end_; }
  // All rows, to count or to renumber them.
  [[nodiscard]] std::span<int32_t> rows() { return rows_; }
  [[nodiscard]] std::span<const int32_t> rows() const { return rows_; }

 private:
  std::vector<int64_t> end_;  // [nwords]
  std::vector<int32_t> rows_;
};

}  // namespace wordfire
