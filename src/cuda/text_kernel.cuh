// Lines of text classifiers on a GPU: a block of threads is a team that trains every so-many-th
// line of a run; see text_team.h and text_step.h.
#pragma once

#include <cstdint>

#include "cuda/device_warp.cuh"
#include "cuda/text_launch.h"
#include "cuda/text_step.h"

namespace wordfire {

class DeviceTeam {
 public:
  [[nodiscard]] __device__ __forceinline__ int32_t size() const {
    return static_cast<int32_t>(blockDim.x);
  }
  template <typename Body>
  __device__ __forceinline__ void each(int64_t n, Body body) const {
    for (int64_t i = threadIdx.x; i < n; i += blockDim.x) body(i);
    __syncthreads();
  }
  __device__ __forceinline__ void sync() const { __syncthreads(); }
  [[nodiscard]] __device__ __forceinline__ Float4 load(const float* at) const {
    return DeviceWarp::load_row(at);
  }
  __device__ __forceinline__ void add(float* at, const Float4& move) const {
    DeviceWarp::add_to_row(at, move);
  }
};

template <class Rows>
__global__ void __launch_bounds__(kMostTextLanes, 1)
    train_text_lines(const __grid_constant__ TextWork work) {
  extern __shared__ float4 near[];
  DeviceTeam team;
  char* const far = static_cast<char*>(work.far) + blockIdx.x * work.far_bytes;
  const TeamScratch scratch = work.layout.carve(near, far);
  const TextSums sums =
      train_share<Rows>(team, work.task, work.run, work.layout, scratch, blockIdx.x, gridDim.x);
  if (threadIdx.x == 0) work.sums[blockIdx.x] = sums;
}

}  // namespace wordfire
