// The functions of the CUDA runtime that this project calls, over Runtime. Others are none: a
// program that wants one does not link.
#include <cuda_runtime_api.h>

#include <cstring>

#include "emulator/occupancy.h"
#include "emulator/runtime.h"

namespace {

using wordfire::emulator::call;
using wordfire::emulator::Gpu;
using wordfire::emulator::last_error;
using wordfire::emulator::Refusal;
using wordfire::emulator::Runtime;

int attribute_of(const wordfire::emulator::GpuModel& model, cudaDeviceAttr which) {
  switch (which) {
    case cudaDevAttrComputeCapabilityMajor:
      return model.compute / 10;
    case cudaDevAttrComputeCapabilityMinor:
      return model.compute % 10;
    case cudaDevAttrMultiProcessorCount:
      return model.multiprocessors;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      return static_cast<int>(model.shared_of_block);
    case cudaDevAttrComputeMode:
      return cudaComputeModeDefault;
    default:
      throw Refusal(cudaErrorInvalidValue, "an attribute that is not emulated");
  }
}

void set_attribute(Runtime& runtime, const void* kernel, cudaFuncAttribute which, int value) {
  auto& of = runtime.kernel(kernel);
  if (which == cudaFuncAttributePreferredSharedMemoryCarveout) return;
  if (which != cudaFuncAttributeMaxDynamicSharedMemorySize) {
    throw Refusal(cudaErrorInvalidValue, "an attribute that is not emulated");
  }
  const auto bytes = static_cast<std::size_t>(value);
  if (value < 0 || bytes + of.ptx.static_shared_bytes > runtime.current().model.shared_of_block) {
    throw Refusal(cudaErrorInvalidValue,
                  std::to_string(value) + " bytes of dynamic shared memory: a block has at most " +
                      std::to_string(runtime.current().model.shared_of_block));
  }
  of.most_dynamic_shared = bytes;
}

}  // namespace

extern "C" {

cudaError_t cudaGetLastError() {
  const cudaError_t error = last_error();
  last_error() = cudaSuccess;
  return error;
}

cudaError_t cudaDriverGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  return call("cudaGetDeviceCount", [&](const Runtime& runtime) {
    *count = runtime.gpus();
    if (*count == 0) throw Refusal(cudaErrorNoDevice, "");
  });
}

cudaError_t cudaGetDevice(int* ordinal) {
  return call("cudaGetDevice",
              [&](const Runtime& runtime) { *ordinal = runtime.current_ordinal(); });
}

cudaError_t cudaSetDevice(int ordinal) {
  return call("cudaSetDevice", [&](Runtime& runtime) {
    runtime.choose(ordinal);
    (void)runtime.current();
  });
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr which, int ordinal) {
  return call("cudaDeviceGetAttribute",
              [&](Runtime& runtime) { *value = attribute_of(runtime.gpu(ordinal).model, which); });
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int ordinal) {
  return call("cudaGetDeviceProperties", [&](Runtime& runtime) {
    const auto& model = runtime.gpu(ordinal).model;
    *properties = {};
    std::strncpy(properties->name, model.name.c_str(), sizeof(properties->name) - 1);
    properties->totalGlobalMem = model.memory;
    properties->major = model.compute / 10;
    properties->minor = model.compute % 10;
    properties->multiProcessorCount = model.multiprocessors;
  });
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  return call("cudaMemGetInfo", [&](Runtime& runtime) {
    const Gpu& gpu = runtime.current();
    *free = gpu.heap.free_bytes();
    *total = gpu.heap.bytes();
  });
}

cudaError_t cudaDeviceSynchronize() {
  return call("cudaDeviceSynchronize", [](Runtime& runtime) { runtime.wait_for_all(); });
}

cudaError_t cudaMalloc(void** memory, size_t bytes) {
  return call("cudaMalloc", [&](Runtime& runtime) {
    *memory = nullptr;
    if (bytes > 0) *memory = runtime.take(bytes);
  });
}

cudaError_t cudaFree(void* memory) {
  return call("cudaFree", [&](Runtime& runtime) { runtime.give_back(memory); });
}

cudaError_t cudaMallocHost(void** memory, size_t bytes) {
  return call("cudaMallocHost", [&](Runtime& runtime) {
    (void)runtime.current();
    *memory = bytes == 0 ? nullptr : runtime.host().take(bytes);
  });
}

cudaError_t cudaFreeHost(void* memory) {
  return call("cudaFreeHost", [&](Runtime& runtime) {
    if (memory != nullptr) runtime.give_back_host(memory);
  });
}

cudaError_t cudaHostRegister(void* memory, size_t bytes, unsigned) {
  return call("cudaHostRegister", [&](Runtime& runtime) {
    (void)runtime.current();
    if (memory == nullptr || bytes == 0) throw Refusal(cudaErrorInvalidValue, "no memory");
    if (!runtime.host().pin(memory, bytes)) {
      throw Refusal(cudaErrorHostMemoryAlreadyRegistered, "");
    }
  });
}

cudaError_t cudaHostUnregister(void* memory) {
  return call("cudaHostUnregister", [&](Runtime& runtime) { runtime.unpin(memory); });
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  return call("cudaMemcpyAsync",
              [&](Runtime& runtime) { runtime.copy(to, from, bytes, kind, stream); });
}

cudaError_t cudaMemsetAsync(void* to, int value, size_t bytes, cudaStream_t stream) {
  return call("cudaMemsetAsync", [&](Runtime& runtime) { runtime.set(to, value, bytes, stream); });
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  return call("cudaStreamCreateWithFlags", [&](Runtime& runtime) {
    if (flags != cudaStreamNonBlocking) {
      throw Refusal(cudaErrorNotSupported, "streams that wait for the default stream");
    }
    *stream = runtime.create_stream();
  });
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  return call("cudaStreamDestroy", [&](Runtime& runtime) { runtime.destroy_stream(stream); });
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  return call("cudaStreamSynchronize", [&](Runtime& runtime) { runtime.wait(stream); });
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void* kernel) {
  return call("cudaFuncGetAttributes", [&](Runtime& runtime) {
    const auto& of = runtime.kernel(kernel);
    const auto& model = runtime.current().model;
    *attributes = {};
    attributes->sharedSizeBytes = of.ptx.static_shared_bytes;
    attributes->maxThreadsPerBlock =
        of.ptx.most_threads > 0 ? of.ptx.most_threads : model.threads_of_block;
    attributes->numRegs = wordfire::emulator::most_registers(model, of);
    attributes->maxDynamicSharedSizeBytes = static_cast<int>(of.most_dynamic_shared);
  });
}

cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute which, int value) {
  return call("cudaFuncSetAttribute",
              [&](Runtime& runtime) { set_attribute(runtime, kernel, which, value); });
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, const void* kernel,
                                                                   int threads,
                                                                   size_t dynamic_shared,
                                                                   unsigned) {
  return call("cudaOccupancyMaxActiveBlocksPerMultiprocessor", [&](Runtime& runtime) {
    *blocks = wordfire::emulator::blocks_of_multiprocessor(
        runtime.current().model, runtime.kernel(kernel), threads, dynamic_shared);
  });
}

}  // extern "C"
