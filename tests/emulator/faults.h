// Kernels that do a little, right or wrong, for tests of the emulated GPU.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

namespace wordfire::emulator {

// Each returns the error of the launch.

// values[i] = value.
cudaError_t launch_write(float* values, int64_t i, float value, cudaStream_t stream);
// values[0, n) += 1, by blocks of so many threads, of at most 64 the kernel says.
cudaError_t launch_count(float* values, int n, unsigned threads, cudaStream_t stream);
// *sum = 0 + 1 + ... + 31, by way of dynamic shared memory.
cudaError_t launch_shared(float* sum, std::size_t dynamic_shared, cudaStream_t stream);
cudaError_t allow_shared(int dynamic_shared);
int blocks_of_shared(std::size_t dynamic_shared);

}  // namespace wordfire::emulator
