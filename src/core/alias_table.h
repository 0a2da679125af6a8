// Draws from a fixed discrete distribution in constant time (Walker 1977, Vose 1991).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/host_device.h"
#include "core/rng.h"

namespace wordfire {

// A column of the table.
struct AliasCell {
  uint32_t keep;  // in 2^-32: how likely the column itself is
  int32_t alias;
};

// The index that 64 random bits draw from cells[0, n).
[[nodiscard]] WORDFIRE_HD inline int32_t draw_alias(const AliasCell* cells, uint64_t n,
                                                    uint64_t bits) {
  const auto column = static_cast<uint32_t>(((bits >> 32) * n) >> 32);
  const AliasCell cell = cells[column];
  return static_cast<uint32_t>(bits) < cell.keep ? static_cast<int32_t>(column) : cell.alias;
}

class AliasTable {
 public:
  AliasTable() = default;
  // weights: at least one, none negative, their sum positive.
  explicit AliasTable(std::span<const double> weights);

  // An index in [0, weights.size()), with probability weight / sum.
  [[nodiscard]] int32_t draw(Rng& rng) const {
    return draw_alias(cells_.data(), cells_.size(), rng.next());
  }

  [[nodiscard]] std::span<const AliasCell> cells() const { return cells_; }

 private:
  std::vector<AliasCell> cells_;
};

// weights[i] = counts[i]^power.
[[nodiscard]] std::vector<double> powered_counts(std::span<const int64_t> counts, double power);

}  // namespace wordfire
