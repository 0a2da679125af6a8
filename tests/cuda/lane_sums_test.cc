#include "cuda/lane_sums.h"

#include <gtest/gtest.h>

#include <random>

namespace wordfire {
namespace {

template <int n>
void check_sums() {
  std::mt19937 random(n);
  HostWarp::Lanes<float> values[n];
  float want[n] = {};
  for (int i = 0; i < n; ++i) {
    for (float& value : values[i]) want[i] += value = static_cast<float>(random() % 100);
  }
  const auto sums = lane_sums<n, HostWarp>(HostWarp(), values);
  int found = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    const int which = sum_in_lane<n>(lane);
    if (which < 0) continue;
    EXPECT_EQ(sums[static_cast<size_t>(lane)], want[which]) << n << ": lane " << lane;
    if (lane_of_sum<n>(which) == lane) ++found;
  }
  EXPECT_EQ(found, n) << "each sum has one first lane";
}

TEST(LaneSums, EachSumLiesWhereItIsSaidToBe) {
  check_sums<1>();
  check_sums<2>();
  check_sums<3>();
  check_sums<4>();
  check_sums<6>();
  check_sums<12>();
  check_sums<17>();
  check_sums<31>();
  check_sums<32>();
}

}  // namespace
}  // namespace wordfire
