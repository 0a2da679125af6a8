// The lanes of a warp, on a GPU and on the CPU. What a warp does is written once, over a Warp type:
//   Lanes<T>    a value that each of the 32 lanes has
//   each(f)     f(lane) in every lane; f reads its lane's values with at(value, lane)
//   shuffle_xor, broadcast, ballot, count_bits, sync    as CUDA has them
//   load_row, add_to_row    four floats of a row that other warps change meanwhile
// Values that are no Lanes are equal in all lanes, and so are branches outside of each(). On the
// device Lanes<T> is a T (device_warp.cuh); on the CPU it is 32 of them (HostWarp), so that tests
// there run the kernels' own text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/host_device.h"

namespace wordfire {

inline constexpr int kLanes = 32;

// Four floats of a row, which are read and written at once.
struct alignas(16) Float4 {
  float x = 0;
  float y = 0;
  float z = 0;
  float w = 0;
};

[[nodiscard]] WORDFIRE_HD inline float dot(const Float4& a, const Float4& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
}
// y + alpha * x.
[[nodiscard]] WORDFIRE_HD inline Float4 add_scaled(const Float4& y, float alpha, const Float4& x) {
  return {y.x + alpha * x.x, y.y + alpha * x.y, y.z + alpha * x.z, y.w + alpha * x.w};
}

// One warp after the other, a lane after the other.
class HostWarp {
 public:
  template <typename T>
  using Lanes = std::array<T, kLanes>;

  template <typename F>
  static auto each(F f) {
    using T = std::invoke_result_t<F, int>;
    if constexpr (std::is_void_v<T>) {
      for (int lane = 0; lane < kLanes; ++lane) f(lane);
    } else {
      Lanes<T> all{};
      for (int lane = 0; lane < kLanes; ++lane) all[static_cast<std::size_t>(lane)] = f(lane);
      return all;
    }
  }
  template <typename T>
  static T& at(Lanes<T>& all, int lane) {
    return all[static_cast<std::size_t>(lane)];
  }
  template <typename T>
  static const T& at(const Lanes<T>& all, int lane) {
    return all[static_cast<std::size_t>(lane)];
  }
  static Lanes<float> shuffle_xor(const Lanes<float>& all, int mask) {
    return each([&](int lane) { return at(all, lane ^ mask); });
  }
  template <typename T>
  static T broadcast(const Lanes<T>& all, int lane) {
    return at(all, lane);
  }
  static uint32_t ballot(const Lanes<bool>& all) {
    uint32_t mask = 0;
    for (int lane = 0; lane < kLanes; ++lane) mask |= uint32_t{at(all, lane)} << lane;
    return mask;
  }
  static int count_bits(uint32_t mask) { return __builtin_popcount(mask); }
  static void sync() {}

  static Float4 load_row(const float* at) { return {at[0], at[1], at[2], at[3]}; }
  static void add_to_row(float* at, const Float4& x) {
    at[0] += x.x;
    at[1] += x.y;
    at[2] += x.z;
    at[3] += x.w;
  }
};

}  // namespace wordfire
