// A small task for the rungs of the ladder, and what each must make of it.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/alias_table.h"
#include "core/row_kernels.h"
#include "core/subsampling.h"
#include "cuda/word_text.h"
#include "tests/reference/word_ladder.h"

namespace wordfire::ladder {

enum class Rung {
  kScalarPairs,
  kQuadPairs,
  kSharedOutputs,
  kSharedWindow,
  kProduction,
  kSharedNegatives,
};
inline constexpr std::array kRungs = {Rung::kScalarPairs,   Rung::kQuadPairs,
                                      Rung::kSharedOutputs, Rung::kSharedWindow,
                                      Rung::kProduction,    Rung::kSharedNegatives};
[[nodiscard]] inline const char* name_of(Rung rung) {
  constexpr std::array kNames = {"1 a pair at a time, floats",   "2 a pair at a time, four floats",
                                 "3 outputs shared by a window", "4 inputs in shared memory",
                                 "5 production, two inputs",     "6 negatives shared by 8 windows"};
  return kNames[static_cast<size_t>(rung)];
}
// Windows that share negatives in rung 6.
inline constexpr int kSharedWindows = 8;

// Some lines over few words.
class SmallCase {
 public:
  static constexpr int32_t kWords = 30;
  static constexpr uint64_t kSeed = 5;
  static constexpr float kLr = 0.02f;

  SmallCase(int32_t dim, int64_t lines, int64_t longest)
      : dim_(dim),
        counts_(some_counts()),
        negatives_(powered_counts(counts_, 0.5)),
        subsampling_(counts_, 1000, 0.02),
        input_(some_rows(1)),
        output_(some_rows(2)) {
    Rng random(kSeed);
    for (int64_t i = 0; i < lines; ++i) {
      const uint32_t size = random.below(static_cast<uint32_t>(longest));
      for (uint32_t k = 0; k < size; ++k) {
        words_.push_back(static_cast<int32_t>(random.below(kWords)));
      }
      ends_.push_back(static_cast<int64_t>(words_.size()));
    }
  }

  // Without weights and row_crowds.
  [[nodiscard]] WordVectorTables tables() const {
    WordVectorTables tables;
    tables.dim = dim_;
    tables.width = padded_width(dim_);
    tables.kept_shares = subsampling_.shares().data();
    tables.negatives = negatives_.cells().data();
    tables.words = kWords;
    tables.ws = 5;
    tables.neg = 5;
    tables.batch_size = 1 << 30;
    return tables;
  }
  [[nodiscard]] std::span<const float> shares() const { return subsampling_.shares(); }
  [[nodiscard]] std::span<const AliasCell> cells() const { return negatives_.cells(); }
  // Rows of padded_width(dim) floats.
  [[nodiscard]] const std::vector<float>& input() const { return input_; }
  [[nodiscard]] const std::vector<float>& output() const { return output_; }
  [[nodiscard]] const std::vector<int32_t>& words() const { return words_; }
  [[nodiscard]] const std::vector<int64_t>& ends() const { return ends_; }
  [[nodiscard]] static Rng draws_of(int64_t line) {
    return Rng(kSeed, 0, static_cast<uint64_t>(line));
  }

  // How far rows are, at most, from those that the plain loops make of the same lines, as a share
  // of the largest value.
  [[nodiscard]] double distance(Rung rung, const std::vector<float>& input,
                                const std::vector<float>& output) const {
    const reference::WordLadder plain = trained_plainly(rung);
    return std::max(distance(input, plain.input), distance(output, plain.output));
  }

 private:
  using Rows = reference::WordVectors::Rows;

  static std::vector<int64_t> some_counts() {
    std::vector<int64_t> counts;
    for (int32_t i = 0; i < kWords; ++i) counts.push_back(100 - 3 * i);
    return counts;
  }
  // Products of about one.
  [[nodiscard]] std::vector<float> some_rows(uint64_t seed) const {
    const int32_t width = padded_width(dim_);
    std::vector<float> rows(static_cast<size_t>(kWords) * static_cast<size_t>(width));
    Rng random(seed);
    const float scale = 3 / std::sqrt(static_cast<float>(dim_));
    for (size_t i = 0; i < rows.size(); ++i) {
      if (static_cast<int32_t>(i % static_cast<size_t>(width)) >= dim_) continue;
      rows[i] = scale * (random.uniform() - 0.5f);
    }
    return rows;
  }

  [[nodiscard]] reference::WordLadder trained_plainly(Rung rung) const {
    reference::WordLadder plain;
    plain.args.ws = 5;
    plain.args.neg = 5;
    plain.args.dim = dim_;
    plain.args.model = ModelKind::kSkipgram;
    plain.negatives = negatives_;
    plain.keeps_windows = true;
    for (int32_t word = 0; word < kWords; ++word) plain.rows_of_word.push_back({word});
    plain.input = rows_of(input_);
    plain.output = rows_of(output_);
    for (size_t line = 0; line < ends_.size(); ++line) train_line(rung, line, plain);
    return plain;
  }
  void train_line(Rung rung, size_t line, reference::WordLadder& plain) const {
    Rng rng = draws_of(static_cast<int64_t>(line));
    const auto begin = static_cast<size_t>(line == 0 ? 0 : ends_[line - 1]);
    const std::span all(words_);
    std::vector<int32_t> kept;
    subsampling_.keep(all.subspan(begin, static_cast<size_t>(ends_[line]) - begin), rng, kept);
    switch (rung) {
      case Rung::kScalarPairs:
      case Rung::kQuadPairs:
        return plain.pairs(kept, kLr, rng);
      case Rung::kSharedOutputs:
        return plain.shared_outputs(kept, kLr, rng);
      case Rung::kSharedWindow:
      case Rung::kProduction:
        return plain.skipgram_windows(kept, kLr, rng);
      case Rung::kSharedNegatives:
        return plain.shared_negatives(kept, kLr, rng, kSharedWindows);
    }
  }
  [[nodiscard]] Rows rows_of(const std::vector<float>& values) const {
    const int32_t width = padded_width(dim_);
    Rows rows;
    for (int32_t word = 0; word < kWords; ++word) {
      const auto begin = values.begin() + static_cast<int64_t>(word) * width;
      rows.emplace_back(begin, begin + dim_);
    }
    return rows;
  }
  [[nodiscard]] double distance(const std::vector<float>& fast, const Rows& plain) const {
    const Rows rows = rows_of(fast);
    double most = 0;
    double largest = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      for (size_t j = 0; j < rows[i].size(); ++j) {
        const double apart = std::fabs(rows[i][j] - plain[i][j]);
        if (!(apart <= most)) most = apart;  // of what is no number, too
        largest = std::max(largest, std::fabs(plain[i][j]));
      }
    }
    return most / largest;
  }

  int32_t dim_;
  std::vector<int64_t> counts_;
  AliasTable negatives_;
  Subsampling subsampling_;
  std::vector<float> input_;
  std::vector<float> output_;
  std::vector<int32_t> words_;
  std::vector<int64_t> ends_;
};

// Floats against doubles over some thousand steps.
inline constexpr double kLadderTolerance = 1e-4;

}  // namespace wordfire::ladder
