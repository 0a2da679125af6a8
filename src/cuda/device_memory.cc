#include "cuda/device_memory.h"

#include <cuda_runtime_api.h>

#include <algorithm>
#include <string>

#include "core/error.h"
#include "cuda/memory_plan.h"

namespace wordfire {
namespace {

// Ends what has been queued, which may name the memory where an error has come between: that
// cudaFree and its like wait is all but sure, not promised. A failure is forgotten, or a later call
// reports it.
template <typename GiveBack>
void give_back(void* memory, GiveBack call) {
  if (memory == nullptr) return;
  (void)cudaDeviceSynchronize();
  (void)call(memory);
  (void)cudaGetLastError();
}

}  // namespace

void check_cuda(int status, const char* call) {
  if (status == cudaSuccess) return;
  (void)cudaGetLastError();  // or later calls report it again
  const auto error = static_cast<cudaError_t>(status);
  throw Error::internal(std::string("the GPU failed: ") + call + ": " + cudaGetErrorString(error) +
                        " (" + cudaGetErrorName(error) +
                        "); look at the kernel log (dmesg) for NVRM, or train with -device cpu");
}

void check_launch(const char* name) { check_cuda(cudaGetLastError(), name); }

void use_device(const CudaDevice& device) {
  check_cuda(cudaSetDevice(device.ordinal), "cudaSetDevice");
}

int64_t free_device_bytes() {
  size_t free = 0;
  size_t total = 0;
  check_cuda(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
  return static_cast<int64_t>(free);
}

CudaDevice device_now(CudaDevice device) {
  use_device(device);
  device.free_bytes = std::min(device.free_bytes, free_device_bytes());
  return device;
}

int device_attribute(int which) {
  int ordinal = 0;
  int value = 0;
  check_cuda(cudaGetDevice(&ordinal), "cudaGetDevice");
  check_cuda(cudaDeviceGetAttribute(&value, static_cast<cudaDeviceAttr>(which), ordinal),
             "cudaDeviceGetAttribute");
  return value;
}

void copy_from_device(void* host, const void* device, int64_t bytes, const Stream& stream) {
  if (bytes == 0) return;
  check_cuda(cudaMemcpyAsync(host, device, static_cast<size_t>(bytes), cudaMemcpyDeviceToHost,
                             stream.get()),
             "cudaMemcpyAsync from the GPU");
}

Stream::Stream() {
  check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreate");
}

Stream::~Stream() { (void)cudaStreamDestroy(stream_); }

void Stream::wait() const { check_cuda(cudaStreamSynchronize(stream_), "cudaStreamSynchronize"); }

DeviceBytes::DeviceBytes(int64_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
  const cudaError_t status = cudaMalloc(&data_, static_cast<size_t>(bytes));
  if (status == cudaSuccess) return;
  const std::string call = "cudaMalloc of " + in_mebibytes(bytes);
  if (status != cudaErrorMemoryAllocation) check_cuda(status, call.c_str());
  (void)cudaGetLastError();
  // As where the plan of memory (memory_plan.h) finds too little: another process came first.
  throw Error::usage(call + ": the GPU has " + in_mebibytes(free_device_bytes()) +
                     " free; lower -dim or -bucket, or choose -device cpu");
}

DeviceBytes::~DeviceBytes() { give_back(data_, cudaFree); }

void DeviceBytes::upload(const void* host, int64_t offset, int64_t bytes,
                         const Stream& stream) const {
  if (bytes == 0) return;
  check_cuda(cudaMemcpyAsync(static_cast<char*>(data_) + offset, host, static_cast<size_t>(bytes),
                             cudaMemcpyHostToDevice, stream.get()),
             "cudaMemcpyAsync to the GPU");
}

void DeviceBytes::download(void* host, int64_t offset, int64_t bytes, const Stream& stream) const {
  copy_from_device(host, static_cast<char*>(data_) + offset, bytes, stream);
}

void DeviceBytes::zero(const Stream& stream) const {
  if (bytes_ == 0) return;
  check_cuda(cudaMemsetAsync(data_, 0, static_cast<size_t>(bytes_), stream.get()),
             "cudaMemsetAsync");
}

StagingBytes::StagingBytes(int64_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
  check_cuda(cudaMallocHost(&data_, static_cast<size_t>(bytes)), "cudaMallocHost");
}

StagingBytes::~StagingBytes() { give_back(data_, cudaFreeHost); }

// Memory that is mapped for reading alone is refused without the read-only flag, and by old drivers
// with it.
PinnedRange::PinnedRange(const void* begin, int64_t bytes) {
  if (bytes == 0) return;
  void* const memory = const_cast<void*>(begin);
  if (cudaHostRegister(memory, static_cast<size_t>(bytes), cudaHostRegisterDefault) ==
      cudaSuccess) {
    begin_ = memory;
  } else {
    (void)cudaGetLastError();
  }
}

PinnedRange::~PinnedRange() { give_back(begin_, cudaHostUnregister); }

}  // namespace wordfire
