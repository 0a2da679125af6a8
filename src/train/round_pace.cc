#include "train/round_pace.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace wordfire {
namespace {

// Often enough to follow, seldom enough for the ranks, which wait for each other here, not to be
// held up.
constexpr int64_t kExchangesOfAgreement = 16;

}  // namespace

int64_t rounds_between(std::span<const RoundCost> ranks, int64_t most) {
  double wanted = std::numeric_limits<double>::infinity();
  double training = 0;
  for (const RoundCost& cost : ranks) {
    const double work = cost.exchange * (1 / kMostExchangeShare - 1);
    wanted = std::min(wanted, std::max(work, cost.under_way));
    training += cost.training / static_cast<double>(ranks.size());
  }
  const double rounds = training > 0 ? std::ceil(wanted / training) : 1;
  return static_cast<int64_t>(std::clamp(rounds, 1.0, static_cast<double>(most)));
}

void RoundPace::add(int64_t rounds, const RoundCost& seconds) {
  all_rounds_ += rounds;
  ++all_exchanges_;
  trained_ += rounds;
  ++exchanges_;
  spent_.training += seconds.training;
  spent_.exchange += seconds.exchange;
  spent_.under_way += seconds.under_way;
}

void RoundPace::agree(Communicator& ranks) {
  if (most_ <= 1 || exchanges_ < kExchangesOfAgreement) return;
  const auto exchanges = static_cast<double>(exchanges_);
  std::vector<RoundCost> all(static_cast<size_t>(ranks.size()));
  all[static_cast<size_t>(ranks.rank())] = {spent_.training / static_cast<double>(trained_),
                                            spent_.exchange / exchanges,
                                            spent_.under_way / exchanges};
  std::vector<double> numbers;
  for (const RoundCost& cost : all) {
    numbers.insert(numbers.end(), {cost.training, cost.exchange, cost.under_way});
  }
  ranks.sum(std::span(numbers));
  for (size_t i = 0; i < all.size(); ++i) {
    all[i] = {numbers[3 * i], numbers[3 * i + 1], numbers[3 * i + 2]};
  }
  rounds_ = rounds_between(all, most_);
  trained_ = exchanges_ = 0;
  spent_ = {};
}

double RoundPace::mean_rounds() const {
  return all_exchanges_ > 0 ? static_cast<double>(all_rounds_) / static_cast<double>(all_exchanges_)
                            : 1;
}

}  // namespace wordfire
