// Several sums over the lanes of a warp at once: each step of a butterfly halves the values that a
// lane still adds up, so that twelve sums take 13 shuffles where one after the other takes 60.
#pragma once

#include "cuda/lanes.h"

namespace wordfire {

// Which of n values lane_sums() leaves in a lane; -1: none. A value may lie in several lanes.
template <int n, int mask = kLanes / 2>
[[nodiscard]] WORDFIRE_HD constexpr int sum_in_lane(int lane) {
  if constexpr (n == 1 || mask == 0) {
    return 0;
  } else {
    constexpr int kHalf = (n + 1) / 2;
    const int within = sum_in_lane<kHalf, mask / 2>(lane);
    if ((lane & mask) == 0) return within;
    return within >= 0 && within < n - kHalf ? kHalf + within : -1;
  }
}

// The first lane that has it.
template <int n, int mask = kLanes / 2>
[[nodiscard]] WORDFIRE_HD constexpr int lane_of_sum(int index) {
  if constexpr (n == 1 || mask == 0) {
    return 0;
  } else {
    constexpr int kHalf = (n + 1) / 2;
    return index < kHalf ? lane_of_sum<kHalf, mask / 2>(index)
                         : mask + lane_of_sum<kHalf, mask / 2>(index - kHalf);
  }
}

// The sums over all lanes of values[0, n), n <= 32: of value sum_in_lane<n>(lane) in each lane.
// Uses `values` up.
template <int n, int mask, class Warp>
[[nodiscard]] WORDFIRE_WARP typename Warp::template Lanes<float> lane_sums(
    const Warp& warp, typename Warp::template Lanes<float>* values) {
  if constexpr (mask == 0) {
    return values[0];
  } else if constexpr (n == 1) {
    const auto other = warp.shuffle_xor(values[0], mask);
    values[0] = warp.each([&](int i) { return warp.at(values[0], i) + warp.at(other, i); });
    return lane_sums<1, mask / 2>(warp, values);
  } else {
    constexpr int kHalf = (n + 1) / 2;
    WORDFIRE_UNROLL
    for (int j = 0; j < kHalf; ++j) {
      const bool paired = j + kHalf < n;
      // A lane keeps one of the two and gives the other away.
      const auto low = values[j];
      const auto high = warp.each(
          [&](int i) { return paired ? warp.at(values[j + (paired ? kHalf : 0)], i) : 0.0f; });
      const auto given =
          warp.each([&](int i) { return (i & mask) != 0 ? warp.at(low, i) : warp.at(high, i); });
      const auto taken = warp.shuffle_xor(given, mask);
      values[j] = warp.each([&](int i) {
        return ((i & mask) != 0 ? warp.at(high, i) : warp.at(low, i)) + warp.at(taken, i);
      });
    }
    return lane_sums<kHalf, mask / 2>(warp, values);
  }
}

template <int n, class Warp>
[[nodiscard]] WORDFIRE_WARP typename Warp::template Lanes<float> lane_sums(
    const Warp& warp, typename Warp::template Lanes<float>* values) {
  static_assert(n >= 1 && n <= kLanes);
  return lane_sums<n, kLanes / 2, Warp>(warp, values);
}

}  // namespace wordfire
