// How many rounds ranks on GPUs train between two exchanges: as many as keep exchanges a small part
// of the time. A round is as long as suits processors; a GPU trains it in a millisecond, while an
// exchange costs it what it costs a processor. How long both take is measured while the job runs.
#pragma once

#include <cstdint>
#include <span>

#include "dist/communicator.h"

namespace wordfire {

// What one rank has measured, in seconds.
struct RoundCost {
  double training = 0;   // of a round
  double exchange = 0;   // of an exchange: work of this rank during which it does not train
  double under_way = 0;  // of a sum in the background
};

// The part of the time that exchanges may take.
inline constexpr double kMostExchangeShare = 1.0 / 8;

// In [1, most]: as few rounds as hide the sum and keep the exchange within its share. A sum takes
// as long as its slowest rank lets the others wait, which longer rounds would not mend: the least
// cost of any rank counts.
[[nodiscard]] int64_t rounds_between(std::span<const RoundCost> ranks, int64_t most);

class RoundPace {
 public:
  // most: rounds between two exchanges; 1: always one, and nothing is measured.
  explicit RoundPace(int64_t most) : most_(most) {}

  // To be trained until the next exchange.
  [[nodiscard]] int64_t rounds() const { return rounds_; }
  // So many were trained and exchanged, for these seconds in all.
  void add(int64_t rounds, const RoundCost& seconds);
  // Collective, after each exchange: now and then, agrees on rounds() anew.
  void agree(Communicator& ranks);
  // Between two exchanges, on average.
  [[nodiscard]] double mean_rounds() const;

 private:
  int64_t most_;
  int64_t rounds_ = 1;
  int64_t all_rounds_ = 0;
  int64_t all_exchanges_ = 0;
  // Since the last agreement:
  int64_t trained_ = 0;
  int64_t exchanges_ = 0;
  RoundCost spent_;
};

}  // namespace wordfire
