// How much of a range a GPU is given at a time: enough to keep it busy, little enough for a request
// to end, and for progress to be seen.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/backend.h"
#include "core/corpus.h"

namespace wordfire {

class LaunchSize {
 public:
  [[nodiscard]] int64_t tokens() const { return tokens_; }
  // The last launch, of `tokens` tokens, took so long.
  void adapt(int64_t tokens, double seconds) {
    if (seconds > kMostSeconds) {
      tokens_ = std::max(kLeast, tokens_ / 2);
    } else if (seconds < kMostSeconds / 4 && tokens >= tokens_ / 2) {
      tokens_ = std::min(kMost, tokens_ * 2);
    }
  }

 private:
  // A launch ends when its last line does, and lines take milliseconds.
  static constexpr double kMostSeconds = 0.5;
  static constexpr int64_t kLeast = int64_t{1} << 16;
  static constexpr int64_t kMost = int64_t{1} << 30;
  int64_t tokens_ = int64_t{1} << 22;
};

// The first lines of `lines` that have about so many tokens, at least one line.
[[nodiscard]] inline ExampleRange first_lines(const Corpus& corpus, const ExampleRange& lines,
                                              int64_t tokens) {
  const auto& ends = corpus.token_end;
  const int64_t border = corpus.tokens_before(lines.begin) + tokens;
  const int64_t end =
      std::lower_bound(ends.begin() + lines.begin, ends.begin() + lines.end, border) -
      ends.begin() + 1;
  return {lines.begin, std::min(end, lines.end)};
}

}  // namespace wordfire
