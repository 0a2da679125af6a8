// A text that is drawn by Zipf's law, in lines of 73 tokens, as paragraphs of Wikipedia have.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/alias_table.h"
#include "core/rng.h"

namespace wordfire {

struct ZipfText {
  ZipfText(int64_t tokens, int64_t words) : counts(static_cast<size_t>(words), 1) {
    std::vector<double> weights;
    for (int64_t i = 0; i < words; ++i) weights.push_back(1 / (static_cast<double>(i) + 2.7));
    const AliasTable table(weights);
    Rng draws(1);
    ids.resize(static_cast<size_t>(tokens));
    for (int32_t& word : ids) ++counts[static_cast<size_t>(word = table.draw(draws))];
    for (int64_t end = kLine; end < tokens + kLine; end += kLine) {
      ends.push_back(std::min(end, tokens));
    }
  }

  static constexpr int64_t kLine = 73;
  std::vector<int32_t> ids;
  std::vector<int64_t> ends;    // of lines
  std::vector<int64_t> counts;  // [words]; each counts once more than it stands there
};

}  // namespace wordfire
