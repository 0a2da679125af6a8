// The rounds of an epoch, at whose ends ranks exchange what they have learned.
#pragma once

#include <cstdint>
#include <vector>

#include "core/options.h"
#include "dist/replicas.h"
#include "train/training_data.h"

namespace wordfire {

// The same on all ranks, since it depends on nothing but options, the whole text and their number.
struct RankRounds {
  int64_t count = 1;    // of an epoch
  int64_t longest = 1;  // rounds between two exchanges of a row
  std::vector<ReplicaRows> rows;

  // Tokens of a share of epoch_tokens that are trained when `rounds` are done.
  [[nodiscard]] int64_t border(int64_t rounds, int64_t epoch_tokens) const {
    return static_cast<int64_t>(static_cast<__int128>(epoch_tokens) * rounds / count);
  }
};

[[nodiscard]] RankRounds plan_rounds(const Options& options, const TrainingData& data, int ranks);

}  // namespace wordfire
