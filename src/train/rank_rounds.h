// The rounds of an epoch, at whose ends ranks exchange what they have learned.
#pragma once

#include <cstdint>
#include <vector>

#include "core/options.h"
#include "dist/replicas.h"
#include "train/training_data.h"

namespace wordfire {

// The same on all ranks, since it depends on nothing but options, the whole text, their number and
// what all of them train on.
struct RankRounds {
  int64_t count = 1;         // of an epoch
  int64_t longest = 1;       // exchanges between two of a row
  int64_t most_at_once = 1;  // rounds between two exchanges: more than one on GPUs alone
  std::vector<ReplicaRows> rows;

  // Tokens of a share of epoch_tokens that are trained when `rounds` are done.
  [[nodiscard]] int64_t border(int64_t rounds, int64_t epoch_tokens) const {
    return static_cast<int64_t>(static_cast<__int128>(epoch_tokens) * rounds / count);
  }
};

// device: kGpu when all ranks train on one. Their rounds are the short ones of processors, of which
// several may pass between two exchanges (round_pace.h), but not so many that quality suffers.
[[nodiscard]] RankRounds plan_rounds(const Options& options, const TrainingData& data, int ranks,
                                     Device device);

}  // namespace wordfire
