// Draws from a fixed discrete distribution in constant time (Walker 1977, Vose 1991).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/rng.h"

namespace wordfire {

class AliasTable {
 public:
  AliasTable() = default;
  // weights: at least one, none negative, their sum positive.
  explicit AliasTable(std::span<const double> weights);

  // An index in [0, weights.size()), with probability weight / sum.
  [[nodiscard]] int32_t draw(Rng& rng) const {
    const uint64_t bits = rng.next();
    const auto column = static_cast<uint32_t>(((bits >> 32) * cells_.size()) >> 32);
    const Cell& cell = cells_[column];
    return static_cast<uint32_t>(bits) < cell.keep ? static_cast<int32_t>(column) : cell.alias;
  }

 private:
  struct Cell {
    uint32_t keep;  // in 2^-32: how likely the column itself is
    int32_t alias;
  };
  std::vector<Cell> cells_;
};

// weights[i] = counts[i]^power.
[[nodiscard]] std::vector<double> powered_counts(std::span<const int64_t> counts, double power);

}  // namespace wordfire
