#include "train/round_pace.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/dist/thread_ranks.h"

namespace wordfire {
namespace {

constexpr int64_t kMost = 1000;

int64_t rounds_of(const RoundCost& cost, int64_t most = kMost) {
  return rounds_between(std::vector{cost, cost}, most);
}

TEST(RoundPace, OneRoundWhereItIsLongEnough) {
  EXPECT_EQ(rounds_of({.training = 0.2, .exchange = 0.01, .under_way = 0.1}), 1);
  EXPECT_EQ(rounds_of({}), 1);
}

TEST(RoundPace, AsManyAsKeepExchangesAnEighthOfTheTime) {
  EXPECT_EQ(rounds_of({.training = 0.001, .exchange = 0.01, .under_way = 0}), 70);
}

TEST(RoundPace, AsManyAsHideTheSum) {
  EXPECT_EQ(rounds_of({.training = 0.001, .exchange = 0.001, .under_way = 0.25}), 250);
}

TEST(RoundPace, NoMoreThanThereMayBe) {
  const RoundCost cost{.training = 1e-6, .exchange = 1, .under_way = 0};
  EXPECT_EQ(rounds_of(cost), kMost);
  EXPECT_EQ(rounds_of(cost, 1), 1);
}

TEST(RoundPace, ASlowRankIsNotWaitedForInLongerRounds) {
  const RoundCost slow{.training = 0.003, .exchange = 0.001, .under_way = 0.001};
  const RoundCost waits{.training = 0.001, .exchange = 0.001, .under_way = 0.5};
  EXPECT_EQ(rounds_between(std::vector{slow, waits}, kMost), 4);
}

TEST(RoundPace, RanksAgreeNowAndThen) {
  run_ranks_well(3, [](Communicator& ranks) {
    RoundPace pace(kMost);
    for (int exchange = 1; exchange <= 40; ++exchange) {
      const int64_t rounds = pace.rounds();
      const double each = 0.001 * (ranks.rank() + 1);  // 2 ms on average
      const auto all = static_cast<double>(rounds);
      pace.add(rounds, {.training = each * all, .exchange = 0.01, .under_way = 0});
      pace.agree(ranks);
    }
    EXPECT_EQ(pace.rounds(), 35);
    EXPECT_GT(pace.mean_rounds(), 1);
    EXPECT_LT(pace.mean_rounds(), 35);
  });
}

TEST(RoundPace, OfProcessorsIsNotMeasured) {
  const auto alone = make_one_process();
  RoundPace pace(1);
  for (int exchange = 0; exchange < 40; ++exchange) {
    pace.add(1, {.training = 1e-9, .exchange = 1, .under_way = 1});
    pace.agree(*alone);
  }
  EXPECT_EQ(pace.rounds(), 1);
  EXPECT_EQ(pace.mean_rounds(), 1);
}

}  // namespace
}  // namespace wordfire
