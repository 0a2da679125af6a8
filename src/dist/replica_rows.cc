#include "dist/replica_rows.h"

#include <algorithm>
#include <utility>

namespace wordfire {
namespace {

std::vector<WeightRows> merged(std::vector<WeightRows> runs) {
  std::ranges::sort(runs, {},
                    [](const WeightRows& run) { return std::pair(run.output, run.begin); });
  std::vector<WeightRows> all;
  for (const WeightRows& run : runs) {
    const bool goes_on =
        !all.empty() && all.back().output == run.output && run.begin <= all.back().end;
    if (goes_on) {
      all.back().end = std::max(all.back().end, run.end);
    } else if (run.begin < run.end) {
      all.push_back(run);
    }
  }
  return all;
}

}  // namespace

std::vector<WeightRows> runs_due(std::span<const ReplicaRows> groups, int64_t longest,
                                 const RowRange& exchanges) {
  std::vector<WeightRows> runs;
  for (const ReplicaRows& group : groups) {
    const int64_t ends = group.rows.begin + group.rows.end;
    for (int64_t i = std::max<int64_t>(exchanges.begin, 0); i < exchanges.end; ++i) {
      for (const RowRange& due : rows_due(group.rows, group.hot, longest, i)) {
        const RowRange rows = group.rising ? RowRange{ends - due.end, ends - due.begin} : due;
        runs.push_back({group.output, rows.begin, rows.end});
      }
    }
  }
  return merged(std::move(runs));
}

}  // namespace wordfire
