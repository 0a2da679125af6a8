// What the code that nvcc makes of a .cu file calls of the CUDA runtime, before main() and where it
// launches a kernel (crt/host_runtime.h and crt/device_functions.h of the toolkit).
#include <cuda_runtime_api.h>

#include <vector>

#include "emulator/runtime.h"

namespace {

using wordfire::emulator::call;
using wordfire::emulator::Runtime;

struct Configuration {
  dim3 grid;
  dim3 block;
  size_t dynamic_shared = 0;
  cudaStream_t stream = nullptr;
};

// Of the launch that a thread is about to make.
std::vector<Configuration>& configurations() {
  thread_local std::vector<Configuration> stack;
  return stack;
}

cudaError_t launch(const void* kernel, const dim3& grid, const dim3& block, void** arguments,
                   size_t dynamic_shared, cudaStream_t stream) {
  return call("kernel launch", [&](Runtime& runtime) {
    runtime.launch(kernel, grid, block, arguments, dynamic_shared, stream);
  });
}

}  // namespace

extern "C" {

void** __cudaRegisterFatBinary(void* code) {
  (void)Runtime::instance();
  return static_cast<void**>(code);
}
void __cudaRegisterFatBinaryEnd(void**) {}
void __cudaUnregisterFatBinary(void**) {}
char __cudaInitModule(void**) { return 1; }

void __cudaRegisterFunction(void**, const char* host, char*, const char* name, int, uint3*, uint3*,
                            dim3*, dim3*, int*) {
  Runtime::instance().kernels().add(host, name);
}

unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t dynamic_shared,
                                     cudaStream_t stream) {
  configurations().push_back({grid, block, dynamic_shared, stream});
  return 0;
}

cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, size_t* dynamic_shared,
                                       void* stream) {
  const Configuration configuration = configurations().back();
  configurations().pop_back();
  *grid = configuration.grid;
  *block = configuration.block;
  *dynamic_shared = configuration.dynamic_shared;
  *static_cast<cudaStream_t*>(stream) = configuration.stream;
  return cudaSuccess;
}

// Of toolkits older than 13.
cudaError_t cudaLaunchKernel(const void* kernel, dim3 grid, dim3 block, void** arguments,
                             size_t dynamic_shared, cudaStream_t stream) {
  return launch(kernel, grid, block, arguments, dynamic_shared, stream);
}

// The function's address is a good handle.
cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* host) {
  *kernel = reinterpret_cast<cudaKernel_t>(const_cast<void*>(host));
  return cudaSuccess;
}

cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block, void** arguments,
                               size_t dynamic_shared, cudaStream_t stream) {
  return launch(kernel, grid, block, arguments, dynamic_shared, stream);
}

}  // extern "C"
