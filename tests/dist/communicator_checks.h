// What every communicator does, as checks that each rank runs.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "dist/communicator.h"

namespace wordfire {

inline void check_sums(Communicator& ranks) {
  const int n = ranks.size();
  std::vector<int64_t> whole = {1, ranks.rank(), int64_t{1} << 60};
  ranks.sum(std::span(whole));
  EXPECT_EQ(whole, (std::vector<int64_t>{n, int64_t{n} * (n - 1) / 2, n * (int64_t{1} << 60)}));
  std::vector<double> real = {0.5, 0.25 * ranks.rank()};
  ranks.sum(std::span(real));
  EXPECT_EQ(real, (std::vector<double>{0.5 * n, 0.125 * n * (n - 1)}));
  ranks.sum(std::span<int64_t>());
}

inline void check_background_sums(Communicator& ranks, size_t size) {
  const auto value = [&](size_t i) { return static_cast<float>(i % 1000); };
  std::vector<float> values(size);
  for (size_t i = 0; i < size; ++i) values[i] = value(i) * static_cast<float>(ranks.rank() + 1);
  const auto first = ranks.start_sum(values, SumPrecision::kSingle);
  const auto second = ranks.start_sum({1.0f}, SumPrecision::kSingle);
  ranks.barrier();
  const std::vector<float> sum = first->take();
  ASSERT_EQ(sum.size(), size);
  const auto times = 0.5f * static_cast<float>(ranks.size() * (ranks.size() + 1));
  for (size_t i = 0; i < size; ++i) ASSERT_EQ(sum[i], value(i) * times) << i;
  EXPECT_EQ(second->take(), std::vector<float>{static_cast<float>(ranks.size())});
}

inline void check_half_precision(Communicator& ranks) {
  // Small integers are exact in 8 bits of mantissa.
  const auto sum = ranks.start_sum({1, -2, 0, 1.5f}, SumPrecision::kHalf);
  const auto n = static_cast<float>(ranks.size());
  EXPECT_EQ(sum->take(), (std::vector<float>{n, -2 * n, 0, 1.5f * n}));
}

inline void check_broadcast(Communicator& ranks) {
  for (int root = 0; root < ranks.size(); ++root) {
    std::vector<int> values = {ranks.rank(), 7 * ranks.rank()};
    ranks.broadcast(std::as_writable_bytes(std::span(values)), root);
    EXPECT_EQ(values, (std::vector<int>{root, 7 * root}));
  }
}

inline void check_gather(Communicator& ranks) {
  // Of different sizes, none among them.
  const std::string mine(static_cast<size_t>(ranks.rank()) * 1000, static_cast<char>(ranks.rank()));
  const std::vector<std::string> all = ranks.all_gather(mine);
  ASSERT_EQ(all.size(), static_cast<size_t>(ranks.size()));
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i], std::string(i * 1000, static_cast<char>(i)));
  }
}

inline void check_messages(Communicator& ranks) {
  if (ranks.size() == 1) return;
  const std::string large(3'000'000, 'x');
  if (ranks.rank() == 1) {
    ranks.send(0, "first");
    ranks.send(0, large);
    ranks.send(0, "");
  }
  if (ranks.rank() > 0) return;
  EXPECT_EQ(ranks.receive(1), "first");
  EXPECT_EQ(ranks.receive(1), large);
  EXPECT_EQ(ranks.receive(1), "");
}

inline void check_shared_flags(Communicator& ranks) {
  std::atomic<bool> set = false;
  std::atomic<bool> never = false;
  ranks.share({&never, &set});
  ranks.barrier();
  if (ranks.rank() == ranks.size() - 1) set = true;
  // A second and a half.
  for (int i = 0; i < 300; ++i) {
    ranks.barrier();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_TRUE(set);
  EXPECT_FALSE(never);
  ranks.share({});
}

// The last call: the others wait for the last rank.
inline void check_leaving_together(Communicator& ranks) {
  constexpr std::chrono::milliseconds kLate{300};
  ranks.barrier();
  const auto begun = std::chrono::steady_clock::now();
  if (ranks.rank() == ranks.size() - 1) std::this_thread::sleep_for(kLate);
  ranks.leave();
  EXPECT_GT(std::chrono::steady_clock::now() - begun, kLate / 2);
}

inline void check_leaving_beside_one_that_fails(Communicator& ranks) {
  ranks.barrier();
  if (ranks.rank() == ranks.size() - 1) return ranks.fail(Error::data("line 7 is bad"));
  try {
    ranks.leave();
    FAIL() << "the rank has left";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    const std::string name = "rank " + std::to_string(ranks.size() - 1);
    EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
  }
}

inline void check_leaving_beside_one_that_abandons(Communicator& ranks) {
  ranks.barrier();
  if (ranks.rank() == ranks.size() - 1) ranks.abandon();
  ranks.leave();
}

// All of the above but those of flags and of leaving.
inline void check_communicator(Communicator& ranks) {
  check_sums(ranks);
  check_background_sums(ranks, 100'000);
  check_half_precision(ranks);
  check_broadcast(ranks);
  check_gather(ranks);
  check_messages(ranks);
  ranks.barrier();
  EXPECT_FALSE(ranks.host(ranks.size() - 1).empty());
}

}  // namespace wordfire
