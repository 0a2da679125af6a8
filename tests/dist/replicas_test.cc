#include "dist/replicas.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "dist/row_schedule.h"
#include "distant_weights.h"
#include "thread_ranks.h"

namespace wordfire {
namespace {

std::map<int64_t, int> times_due(const RowRange& rows, int64_t hot, int64_t longest,
                                 int64_t rounds) {
  std::map<int64_t, int> times;
  for (int64_t round = 0; round < rounds; ++round) {
    for (const RowRange& range : rows_due(rows, hot, longest, round)) {
      for (int64_t row = range.begin; row < range.end; ++row) ++times[row];
    }
  }
  return times;
}

TEST(RowSchedule, HotRowsAreDueInEveryRoundAndOthersInTurn) {
  const auto times = times_due({100, 1100}, 10, 64, 64);
  ASSERT_EQ(times.size(), 1000u);
  EXPECT_EQ(times.at(109), 64);
  EXPECT_EQ(times.at(110), 32);
  EXPECT_EQ(times.at(119), 32);
  EXPECT_EQ(times.at(120), 16);
  EXPECT_EQ(times.at(1099), 1);
}

TEST(RowSchedule, NoRowWaitsLongerThanTheLongestTime) {
  for (const int64_t size : {1, 7, 100, 1001}) {
    for (const int64_t longest : {1, 2, 3, 5, 16}) {
      const auto times = times_due({0, size}, 4, longest, longest);
      EXPECT_EQ(static_cast<int64_t>(times.size()), size) << longest;
    }
  }
}

constexpr int32_t kDim = 5;
constexpr int64_t kRows = 40;

Weights make_weights() {
  Weights weights{SharedMatrix(kRows, kDim), SharedMatrix(3, kDim)};
  for (int64_t row = 0; row < kRows; ++row) first_row(1, row, kDim, weights.input.row(row));
  return weights;
}

std::vector<ReplicaRows> all_rows(float pull = 0) {
  return {{false, {0, kRows}, false, 4, std::vector<float>(kRows, pull)},
          {true, {0, 3}, true, 2, std::vector<float>(3, pull)}};
}

std::vector<float> values_of(const SharedMatrix& matrix) {
  std::vector<float> values;
  for (int64_t row = 0; row < matrix.rows(); ++row) {
    values.insert(values.end(), matrix.row(row), matrix.row(row) + kDim);
  }
  return values;
}

// Trains nothing: tests move the weights.
class OnHost : public Backend {
 public:
  explicit OnHost(Weights& weights) : weights_(weights) {}
  RangeResult train(const RangePlan&) override { return {}; }
  // To be moved.
  virtual Weights& begin() { return weights_; }

 private:
  Weights& weights_;
};

class OnDevice final : public OnHost {
 public:
  explicit OnDevice(Weights& weights) : OnHost(weights), distant_(weights) {}
  Weights& begin() override {
    distant_.take();
    distant_.forget();
    return distant_.own();
  }
  void give_weights() override { distant_.give(); }
  void give_rows(std::span<const WeightRows> rows) override { distant_.give_rows(rows); }
  void take_rows(std::span<const WeightRows> rows) override { distant_.take_rows(rows); }
  [[nodiscard]] const DistantWeights& distant() const { return distant_; }

 private:
  DistantWeights distant_;
};

// Each rank moves rows by itself and settles; returns the input values, which all have.
template <typename Where = OnHost, typename Move>
std::vector<float> settled(int size, int rounds, SumPrecision precision, Move move, float pull = 0,
                           int64_t rounds_at_once = 1) {
  std::vector<std::vector<float>> values(static_cast<size_t>(size));
  run_ranks_well(size, [&](Communicator& ranks) {
    Weights weights = make_weights();
    for (int64_t row = 0; row < 3; ++row) weights.output.row(row)[0] = 1;  // all pull one way
    Where where(weights);
    Replicas replicas(ranks, where, weights, all_rows(pull), 8, 1000, precision, 1);
    for (int round = 0; round < rounds; ++round) {
      move(ranks.rank(), round, where.begin());
      (void)replicas.exchange({}, 1, rounds_at_once);
    }
    replicas.settle();
    values[static_cast<size_t>(ranks.rank())] = values_of(weights.input);
  });
  for (const auto& of_rank : values) EXPECT_EQ(of_rank, values[0]);
  return values[0];
}

const std::vector<float> first_values = values_of(make_weights().input);

TEST(Replicas, WhatOneRankMovesAllHave) {
  const auto move = [](int rank, int round, Weights& weights) {
    if (rank == round % 3) weights.input.row(round)[1] += 1.0f;
  };
  const auto values = settled(3, kRows, SumPrecision::kSingle, move);
  for (size_t row = 0; row < kRows; ++row) {
    EXPECT_NEAR(values[row * kDim + 1], first_values[row * kDim + 1] + 1, 1e-6) << row;
    EXPECT_EQ(values[row * kDim], first_values[row * kDim]);
  }
}

// Far from rest, ranks go further together than each by itself.
TEST(Replicas, MovesInOneDirectionAreAdded) {
  const auto move = [](int, int round, Weights& weights) {
    if (round == 0) weights.input.row(2)[0] += 1.0f;
  };
  EXPECT_NEAR(settled(3, 4, SumPrecision::kSingle, move)[2 * kDim], first_values[2 * kDim] + 3,
              1e-5);
}

TEST(Replicas, MovesInOneDirectionToWhereARowRestsAreAveraged) {
  const auto move = [](int rank, int round, Weights& weights) {
    if (round == 0) weights.input.row(2)[0] += static_cast<float>(rank + 1);
  };
  // (1 + 4 + 9) / (1 + 2 + 3): between the mean of the moves and their largest.
  EXPECT_NEAR(settled(3, 4, SumPrecision::kSingle, move, 1)[2 * kDim],
              first_values[2 * kDim] + 14.0f / 6, 1e-2);
}

TEST(Replicas, MovesAlongWhichNothingPullsAreAdded) {
  const auto move = [](int rank, int round, Weights& weights) {
    if (round == 0) weights.input.row(2)[1] += static_cast<float>(rank + 1);
  };
  EXPECT_NEAR(settled(3, 4, SumPrecision::kSingle, move, 1)[2 * kDim + 1],
              first_values[2 * kDim + 1] + 6, 1e-2);
}

TEST(Replicas, MovesThatHaveNothingToDoWithEachOtherAreAdded) {
  const auto move = [](int rank, int round, Weights& weights) {
    if (round == 1) weights.input.row(30)[rank] += 2.0f;
  };
  const auto values = settled(3, 9, SumPrecision::kSingle, move);
  for (size_t k = 0; k < 3; ++k)
    EXPECT_NEAR(values[30 * kDim + k], first_values[30 * kDim + k] + 2, 1e-6);
}

// Moves go on while sums are under way, and none is lost.
TEST(Replicas, NoMoveIsLostBetweenRounds) {
  const auto move = [](int rank, int, Weights& weights) {
    for (int64_t row = 0; row < kRows; ++row) weights.input.row(row)[rank] += 0.25f;
  };
  for (const int rounds : {1, 2, 7, 20}) {
    const auto values = settled(2, rounds, SumPrecision::kSingle, move);
    for (size_t row = 0; row < kRows; ++row) {
      for (size_t k = 0; k < 2; ++k) {
        const float wanted = first_values[row * kDim + k] + 0.25f * static_cast<float>(rounds);
        EXPECT_NEAR(values[row * kDim + k], wanted, 1e-4);
      }
    }
  }
}

TEST(Replicas, AgreeOnWhatOneWishesARoundLater) {
  run_ranks_well(3, [](Communicator& ranks) {
    Weights weights = make_weights();
    OnHost where(weights);
    Replicas replicas(ranks, where, weights, all_rows(), 4, 1000, SumPrecision::kSingle, 1);
    const RankWishes none = replicas.exchange({.checkpoint = ranks.rank() == 2}, 1);
    EXPECT_FALSE(none.checkpoint);
    EXPECT_TRUE(replicas.exchange({.leave = ranks.rank() == 1}, 1).checkpoint);
    const RankWishes last = replicas.exchange({}, 1);
    EXPECT_TRUE(last.leave);
    EXPECT_FALSE(last.checkpoint || last.discard);
    replicas.settle();
  });
}

TEST(Replicas, RowsThatNobodyMovesAreNotSent) {
  run_ranks_well(2, [](Communicator& ranks) {
    Weights weights = make_weights();
    OnHost where(weights);
    Replicas replicas(ranks, where, weights, all_rows(), 4, 1000, SumPrecision::kSingle, 1);
    for (int round = 0; round < 10; ++round) (void)replicas.exchange({}, 1);
    const int64_t idle = ranks.traffic().bytes_sent;
    EXPECT_LT(idle, 10 * kRows);
    for (int round = 0; round < 10; ++round) {
      weights.input.row(0)[0] += 1;
      (void)replicas.exchange({}, 1);
    }
    const int64_t row = int64_t{kDim + 1} * int64_t{sizeof(float)};
    EXPECT_GE(ranks.traffic().bytes_sent - idle, 9 * row);
    EXPECT_LE(ranks.traffic().bytes_sent - 2 * idle, 10 * row);
    replicas.settle();
  });
}

// Far from rest in one round's time, at rest in a million's.
TEST(Replicas, AreNearerToRestTheMoreRoundsHavePassed) {
  const auto move = [](int rank, int round, Weights& weights) {
    if (round == 0) weights.input.row(2)[0] += static_cast<float>(rank + 1);
  };
  constexpr float kPull = 1e-7f;
  EXPECT_NEAR(settled(3, 4, SumPrecision::kSingle, move, kPull)[2 * kDim],
              first_values[2 * kDim] + 6, 1e-2);
  EXPECT_NEAR(settled(3, 4, SumPrecision::kSingle, move, kPull, 1'000'000)[2 * kDim],
              first_values[2 * kDim] + 14.0f / 6, 1e-2);
}

// Rows here and there, by some ranks.
void move_some(int rank, int round, Weights& weights) {
  for (int64_t row = rank; row < kRows; row += 1 + round % 5) {
    weights.input.row(row)[(row + round) % kDim] += 0.25f + 0.01f * static_cast<float>(rank);
  }
  weights.output.row(round % 3)[1] += 0.5f;
}

TEST(Replicas, OfDevicesBecomeWhatThoseOfHostsDo) {
  for (const int rounds : {1, 2, 3, 9, 20}) {
    EXPECT_EQ(settled<OnDevice>(3, rounds, SumPrecision::kSingle, move_some, 0.1f),
              settled(3, rounds, SumPrecision::kSingle, move_some, 0.1f))
        << rounds;
  }
}

TEST(Replicas, OfDevicesMoveTheRowsThatAreDueAlone) {
  run_ranks_well(2, [](Communicator& ranks) {
    constexpr int64_t kMany = 4000;
    constexpr int kRounds = 20;
    Weights weights{SharedMatrix(kMany, kDim), SharedMatrix(3, kDim)};
    OnDevice device(weights);
    Replicas replicas(ranks, device, weights, {{false, {0, kMany}, false, 4, {}}}, 1000, 1000,
                      SumPrecision::kSingle, 1);
    for (int round = 0; round < kRounds; ++round) {
      device.begin().input.row(round)[0] += 1;
      (void)replicas.exchange({}, 1);
    }
    EXPECT_EQ(device.distant().all_taken, 1);
    EXPECT_EQ(device.distant().all_given, 0);
    // 4 hot ones and 2 of each of ten doublings behind them, of three exchanges, and one's back.
    EXPECT_LE(device.distant().rows_moved, kRounds * 4 * (4 + 2 * 11));
    EXPECT_LE(ranks.traffic().bytes_sent, kRounds * 100);  // few flags, and hardly a row
    replicas.settle();
    EXPECT_EQ(device.distant().all_given, 1);
  });
}

TEST(ReplicaRows, RunsAreThoseOfAllExchangesEachRowOnce) {
  const std::vector<ReplicaRows> groups = {{false, {0, 100}, false, 4, {}},
                                           {true, {10, 60}, true, 8, {}}};
  for (int64_t first = -1; first < 40; ++first) {
    std::map<std::pair<bool, int64_t>, int> rows;
    for (const WeightRows& run : runs_due(groups, 16, {first, first + 3})) {
      for (int64_t row = run.begin; row < run.end; ++row) ++rows[{run.output, row}];
    }
    for (const auto& [row, times] : rows) EXPECT_EQ(times, 1) << row.second;
    std::set<std::pair<bool, int64_t>> wanted;
    for (int64_t i = std::max<int64_t>(first, 0); i < first + 3; ++i) {
      for (const RowRange& due : rows_due({0, 100}, 4, 16, i)) {
        for (int64_t row = due.begin; row < due.end; ++row) wanted.insert({false, row});
      }
      for (const RowRange& due : rows_due({10, 60}, 8, 16, i)) {
        for (int64_t row = due.begin; row < due.end; ++row) wanted.insert({true, 69 - row});
      }
    }
    EXPECT_EQ(rows.size(), wanted.size());
    for (const auto& row : wanted) EXPECT_TRUE(rows.contains(row)) << row.second;
  }
}

}  // namespace
}  // namespace wordfire
