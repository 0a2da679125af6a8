// Which rows of a matrix the ranks exchange in which round: those of frequent words in every round,
// others more seldom the rarer they are.
//
// Rows lie in order of falling frequency. The first `hot` of them are due in every round. Behind
// them, rows [hot 2^(j-1), hot 2^j) are due once in 2^j rounds, a 2^j-th part of them at a time, so
// that each round has hot + log2(rows / hot) hot / 2 rows: by Zipf's law each of these groups is
// used about as often as the others, and gets about the same share of what is sent (hot rows first:
// Ji et al. 2016, arXiv:1604.04661, section 4; Rengasamy et al. 2017). No row waits longer than
// `longest` rounds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace wordfire {

struct RowRange {
  int64_t begin = 0;
  int64_t end = 0;

  [[nodiscard]] int64_t size() const { return end - begin; }
  friend bool operator==(const RowRange&, const RowRange&) = default;
};

// The rows of `rows`, in order of falling frequency, that are due in a round (0, 1, ...). hot,
// longest >= 1.
[[nodiscard]] inline std::vector<RowRange> rows_due(const RowRange& rows, int64_t hot,
                                                    int64_t longest, int64_t round) {
  std::vector<RowRange> due = {{rows.begin, std::min(rows.end, rows.begin + hot)}};
  int64_t period = 1;
  for (int64_t begin = hot; begin < rows.size(); begin *= 2) {
    period = std::min(2 * period, longest);
    const int64_t size = std::min(begin, rows.size() - begin);
    const int64_t part = round % period;
    const RowRange range{rows.begin + begin + size * part / period,
                         rows.begin + begin + size * (part + 1) / period};
    if (range.size() > 0) due.push_back(range);
  }
  return due;
}

}  // namespace wordfire
