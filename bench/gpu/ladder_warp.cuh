// What the plain rungs of the ladders want of a warp on a GPU beside what production wants.
#pragma once

#include "cuda/device_warp.cuh"

namespace wordfire::ladder {

class LadderWarp : public DeviceWarp {
 public:
  __device__ __forceinline__ static float load_float(const float* at) { return __ldcg(at); }
  __device__ __forceinline__ static void add_float(float* at, float x) { atomicAdd(at, x); }
};

}  // namespace wordfire::ladder
