// The lanes of a warp on a GPU; see lanes.h. All 32 lanes must be there in every call.
#pragma once

#include <cstdint>

#include "cuda/lanes.h"

namespace wordfire {

class DeviceWarp {
 public:
  template <typename T>
  using Lanes = T;

  template <typename F>
  __device__ __forceinline__ static auto each(F f) {
    return f(static_cast<int>(threadIdx.x % kLanes));
  }
  template <typename T>
  __device__ __forceinline__ static T& at(T& value, int) {
    return value;
  }
  __device__ __forceinline__ static float shuffle_xor(float value, int mask) {
    return __shfl_xor_sync(kAll, value, mask);
  }
  template <typename T>
  __device__ __forceinline__ static T broadcast(T value, int lane) {
    return __shfl_sync(kAll, value, lane);
  }
  __device__ __forceinline__ static uint32_t ballot(bool value) {
    return __ballot_sync(kAll, value);
  }
  __device__ __forceinline__ static int count_bits(uint32_t mask) { return __popc(mask); }
  __device__ __forceinline__ static void sync() { __syncwarp(); }

  // Rows that all warps change are read where they are changed, in the second-level cache: the
  // first-level cache of a multiprocessor would go on to show what they were.
  __device__ __forceinline__ static Float4 load_row(const float* at) {
    const float4 x = __ldcg(reinterpret_cast<const float4*>(at));
    return {x.x, x.y, x.z, x.w};
  }
  __device__ __forceinline__ static void add_to_row(float* at, const Float4& x) {
#if __CUDA_ARCH__ >= 900
    asm volatile("red.global.add.v4.f32 [%0], {%1, %2, %3, %4};"
                 :
                 : "l"(__cvta_generic_to_global(at)), "f"(x.x), "f"(x.y), "f"(x.z), "f"(x.w)
                 : "memory");
#else
    atomicAdd(at, x.x);
    atomicAdd(at + 1, x.y);
    atomicAdd(at + 2, x.z);
    atomicAdd(at + 3, x.w);
#endif
  }

 private:
  static constexpr uint32_t kAll = 0xffffffffu;
};

}  // namespace wordfire
