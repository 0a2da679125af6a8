#include "core/alias_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace wordfire {

AliasTable::AliasTable(std::span<const double> weights) : cells_(weights.size()) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> share(weights.size());  // of a column; the mean is 1
  std::vector<int32_t> small;
  std::vector<int32_t> large;
  for (size_t i = 0; i < weights.size(); ++i) {
    share[i] = weights[i] / sum * static_cast<double>(weights.size());
    (share[i] < 1 ? small : large).push_back(static_cast<int32_t>(i));
  }
  while (!small.empty() && !large.empty()) {
    const int32_t poor = small.back();
    const int32_t rich = large.back();
    small.pop_back();
    cells_[poor] = {static_cast<uint32_t>(std::min(share[poor] * 0x1p32, 0x1p32 - 1)), rich};
    share[rich] -= 1 - share[poor];
    if (share[rich] >= 1) continue;
    large.pop_back();
    small.push_back(rich);
  }
  // Rounding leaves columns that are full: they alias themselves.
  for (const int32_t full : small) cells_[full] = {0, full};
  for (const int32_t full : large) cells_[full] = {0, full};
}

std::vector<double> powered_counts(std::span<const int64_t> counts, double power) {
  std::vector<double> weights;
  weights.reserve(counts.size());
  for (const int64_t count : counts) weights.push_back(std::pow(static_cast<double>(count), power));
  return weights;
}

}  // namespace wordfire
