// How lanes train a line together. A step is a chain of loops over independent items, each ended by
// a barrier; between loops every lane computes the same from what they have left. So the same text
// runs on a GPU, where a team is a block of threads, and on the CPU, where a loop is a loop and its
// items may come in any order.
//
// A Team has: size(), its lanes; each(n, f), which calls f(0) ... f(n - 1) and then waits for all
// lanes; sync(), which only waits; load(address) and add(address, chunk), which read and move four
// values of a row that other teams move as well.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/host_device.h"
#include "cuda/lanes.h"

namespace wordfire {

// One lane after the other, on the CPU.
class HostTeam {
 public:
  explicit HostTeam(int32_t size) : size_(size) {}

  [[nodiscard]] int32_t size() const { return size_; }
  template <typename Body>
  void each(int64_t n, Body body) const {
    for (int64_t i = 0; i < n; ++i) body(i);
  }
  void sync() const {}
  [[nodiscard]] Float4 load(const float* at) const { return HostWarp::load_row(at); }
  void add(float* at, const Float4& move) const { HostWarp::add_to_row(at, move); }

 private:
  int32_t size_;
};

// Calls use(i, read(i)) for i = first, first + stride, ... below n. A lane asks for `ahead` values
// before it uses the first: it waits for memory once for all of them.
template <int ahead, typename Read, typename Use>
WORDFIRE_WARP void read_ahead(int64_t first, int64_t n, int64_t stride, Read read, Use use) {
  for (int64_t begin = first; begin < n; begin += ahead * stride) {
    Float4 values[ahead];
    WORDFIRE_UNROLL
    for (int k = 0; k < ahead; ++k) {
      const int64_t i = begin + k * stride;
      if (i < n) values[k] = read(i);
    }
    WORDFIRE_UNROLL
    for (int k = 0; k < ahead; ++k) {
      const int64_t i = begin + k * stride;
      if (i < n) use(i, values[k]);
    }
  }
}

// The lanes' values value(i), i in [0, n), put together by combine(a, b), which begins with
// `empty`. value() may also write what belongs to item i alone. sums: [team.size()].
template <class Team, typename Value, typename Combine>
WORDFIRE_WARP float fold(Team& team, float* sums, int64_t n, float empty, Value value,
                         Combine combine) {
  constexpr int64_t kLast = 32;  // values that every lane puts together for itself
  const int64_t lanes = team.size();
  team.each(lanes, [&](int64_t lane) {
    float of_lane = empty;
    for (int64_t i = lane; i < n; i += lanes) of_lane = combine(of_lane, value(i));
    sums[lane] = of_lane;
  });
  if (lanes > kLast) {
    team.each(kLast, [&](int64_t lane) {
      for (int64_t i = lane + kLast; i < lanes; i += kLast) {
        sums[lane] = combine(sums[lane], sums[i]);
      }
    });
  }
  float all = empty;
  const int64_t left = lanes < kLast ? lanes : kLast;
  for (int64_t i = 0; i < left; ++i) all = combine(all, sums[i]);
  team.sync();  // before anyone writes to `sums` again
  return all;
}

template <class Team, typename Value>
WORDFIRE_WARP float sum_of(Team& team, float* sums, int64_t n, Value value) {
  return fold(team, sums, n, 0.0f, value, [](float a, float b) { return a + b; });
}

template <class Team, typename Value>
WORDFIRE_WARP float max_of(Team& team, float* sums, int64_t n, Value value) {
  return fold(team, sums, n, -INFINITY, value, [](float a, float b) { return a < b ? b : a; });
}

}  // namespace wordfire
