#include "emulator/faults.h"

namespace wordfire::emulator {
namespace {

constexpr unsigned kMostThreads = 64;

__global__ void write(float* values, int64_t i, float value) { values[i] = value; }

__global__ void __launch_bounds__(kMostThreads) count(float* values, int n) {
  const auto i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) values[i] += 1;
}

__global__ void sum_shared(float* sum) {
  extern __shared__ float values[];
  values[threadIdx.x] = static_cast<float>(threadIdx.x);
  __syncthreads();
  if (threadIdx.x > 0) return;
  float all = 0;
  for (unsigned i = 0; i < blockDim.x; ++i) all += values[i];
  *sum = all;
}

}  // namespace

cudaError_t launch_write(float* values, int64_t i, float value, cudaStream_t stream) {
  write<<<1, 1, 0, stream>>>(values, i, value);
  return cudaGetLastError();
}

cudaError_t launch_count(float* values, int n, unsigned threads, cudaStream_t stream) {
  const unsigned blocks = threads == 0 ? 1 : (static_cast<unsigned>(n) + threads - 1) / threads;
  count<<<blocks, threads, 0, stream>>>(values, n);
  return cudaGetLastError();
}

cudaError_t launch_shared(float* sum, std::size_t dynamic_shared, cudaStream_t stream) {
  sum_shared<<<1, 32, dynamic_shared, stream>>>(sum);
  return cudaGetLastError();
}

cudaError_t allow_shared(int dynamic_shared) {
  return cudaFuncSetAttribute(sum_shared, cudaFuncAttributeMaxDynamicSharedMemorySize,
                              dynamic_shared);
}

int blocks_of_shared(std::size_t dynamic_shared) {
  int blocks = 0;
  (void)cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, sum_shared, 32, dynamic_shared);
  return blocks;
}

}  // namespace wordfire::emulator
