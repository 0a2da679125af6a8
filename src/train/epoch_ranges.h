// The places in an epoch at which training can be left and taken up again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/backend.h"
#include "core/corpus.h"

namespace wordfire {

// Enough for the start and the end of a range to cost nothing beside it, few enough for the slowest
// kinds of training to be done with it in some seconds.
inline constexpr int64_t kRangeTokens = int64_t{1} << 20;

// All examples in ranges, each of which ends with the first example behind a multiple of
// kRangeTokens tokens of the text. tokens_before: those of the text in front of the corpus. The
// deterministic mode has other bits with other ranges, so they depend on nothing but the text.
[[nodiscard]] inline std::vector<ExampleRange> epoch_ranges(const Corpus& corpus,
                                                            int64_t tokens_before = 0) {
  std::vector<ExampleRange> ranges;
  const auto& ends = corpus.token_end;
  for (int64_t begin = 0; begin < corpus.examples();) {
    const int64_t tokens = tokens_before + corpus.tokens_before(begin);
    const int64_t border = (tokens / kRangeTokens + 1) * kRangeTokens - tokens_before;
    const int64_t end = std::lower_bound(ends.begin() + begin, ends.end(), border) - ends.begin();
    ranges.push_back({begin, std::min(end + 1, corpus.examples())});
    begin = ranges.back().end;
  }
  return ranges;
}

}  // namespace wordfire
