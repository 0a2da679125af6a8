// The places in an epoch at which training can be left and taken up again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/backend.h"
#include "core/corpus.h"
#include "train/range_size.h"

namespace wordfire {

// All examples in ranges, each of which ends with the first example behind a multiple of
// `range_tokens` tokens of the text. tokens_before: those of the text in front of the corpus. The
// deterministic mode has other bits with other ranges, so they depend on nothing but the text.
[[nodiscard]] inline std::vector<ExampleRange> epoch_ranges(const Corpus& corpus,
                                                            int64_t tokens_before = 0,
                                                            int64_t range_tokens = kRangeTokens) {
  std::vector<ExampleRange> ranges;
  const auto& ends = corpus.token_end;
  for (int64_t begin = 0; begin < corpus.examples();) {
    const int64_t tokens = tokens_before + corpus.tokens_before(begin);
    const int64_t border = (tokens / range_tokens + 1) * range_tokens - tokens_before;
    const int64_t end = std::lower_bound(ends.begin() + begin, ends.end(), border) - ends.begin();
    ranges.push_back({begin, std::min(end + 1, corpus.examples())});
    begin = ranges.back().end;
  }
  return ranges;
}

}  // namespace wordfire
