#include "cuda/cuda_device.h"

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string_view>
#include <system_error>

#include "cuda/code_check.h"

namespace wordfire {
namespace {

constexpr int kMajor = 1000;  // CUDA 13.0 is 13000 in its own numbers
constexpr int kMinor = 10;

std::string cuda_name(int version) {
  return fmt::format("CUDA {}.{}", version / kMajor, version % kMajor / kMinor);
}

// The first line of drivers of Linux that runs programs of a toolkit (CUDA Toolkit release notes,
// "minor version compatibility").
std::string driver_wanted() {
  constexpr int kThirteen = 13 * kMajor;
  constexpr std::string_view kLines[] = {"525", "580"};
  return fmt::format("driver {} or newer", kLines[CUDART_VERSION >= kThirteen ? 1 : 0]);
}

// "535.104.05", as the driver's kernel module tells, in containers too; empty where there is none.
std::string kernel_driver() {
  std::ifstream file("/proc/driver/nvidia/version");
  std::string line;
  std::smatch found;
  std::getline(file, line);
  return std::regex_search(line, found, std::regex(R"( (\d+\.\d+(\.\d+)?) )")) ? found[1].str()
                                                                               : std::string();
}

// As cudaGetErrorString has it, and forgotten, so that later calls do not report it again.
std::string reason_of(int status) {
  (void)cudaGetLastError();
  const auto error = static_cast<cudaError_t>(status);
  return fmt::format("{} ({})", cudaGetErrorString(error), cudaGetErrorName(error));
}

CudaSearch none(std::string reason) { return {.device = {}, .reason = std::move(reason)}; }
CudaSearch fault(std::string reason) {
  return {.device = {}, .reason = std::move(reason), .is_fault = true};
}

CudaSearch no_driver() {
  const std::string kernel = kernel_driver();
  if (kernel.empty()) return none("there is no NVIDIA driver, libcuda.so.1");
  return fault(fmt::format(
      "the kernel has NVIDIA driver {}, but libcuda.so.1 cannot be loaded; start a container with "
      "its GPUs (docker run --gpus all), or install the driver's libraries",
      kernel));
}

CudaSearch old_driver(int version) {
  const std::string kernel = kernel_driver();
  return fault(fmt::format("the NVIDIA driver{} is of {}, this program wants {} ({})",
                           kernel.empty() ? "" : " " + kernel, cuda_name(version), driver_wanted(),
                           cuda_name(CUDART_VERSION)));
}

// Why there are no GPUs to count.
CudaSearch no_devices(cudaError_t status) {
  const std::string reason = reason_of(status);
  int version = 0;
  (void)cudaDriverGetVersion(&version);
  if (version == 0) return no_driver();
  if (status == cudaErrorInsufficientDriver && version < CUDART_VERSION) return old_driver(version);
  if (status == cudaErrorNoDevice || status == cudaSuccess) {
    return none(
        fmt::format("the NVIDIA driver of {} shows no GPU; see nvidia-smi and "
                    "CUDA_VISIBLE_DEVICES",
                    cuda_name(version)));
  }
  return fault(
      fmt::format("the NVIDIA driver of {} does not start: {}", cuda_name(version), reason));
}

// Whether a call that may fail did not; a failure is forgotten, or a later call reports it.
bool worked(cudaError_t status) {
  if (status != cudaSuccess) (void)cudaGetLastError();
  return status == cudaSuccess;
}

int attribute(cudaDeviceAttr which, int ordinal) {
  int value = 0;
  return worked(cudaDeviceGetAttribute(&value, which, ordinal)) ? value : 0;
}

std::string name_of(int ordinal) {
  cudaDeviceProp properties{};
  return worked(cudaGetDeviceProperties(&properties, ordinal)) ? properties.name : "GPU";
}

// Why a GPU cannot be used as far as can be told without starting it; else empty.
std::string known_fault(const CudaDevice& device) {
  const int compute = kMinor * device.compute_major + device.compute_minor;
  if (compute == 0 || device.multiprocessors == 0) return "it does not say what it is; see dmesg";
  if (compute < WORDFIRE_CUDA_LEAST_COMPUTE) {
    return fmt::format("it has compute capability {}.{}, this program wants {}.{} or newer",
                       device.compute_major, device.compute_minor,
                       WORDFIRE_CUDA_LEAST_COMPUTE / kMinor, WORDFIRE_CUDA_LEAST_COMPUTE % kMinor);
  }
  if (attribute(cudaDevAttrComputeMode, device.ordinal) == cudaComputeModeProhibited) {
    return "its compute mode is \"prohibited\"; an administrator can change that with nvidia-smi "
           "-c 0";
  }
  return "";
}

// Starts CUDA on the GPU. Returns why it cannot be used; else empty.
std::string start(CudaDevice& device) {
  size_t free = 0;
  size_t total = 0;
  int status = cudaSetDevice(device.ordinal);
  if (status == cudaSuccess) status = cudaMemGetInfo(&free, &total);
  if (status == cudaSuccess) status = check_device_code();
  device.free_bytes = static_cast<int64_t>(free);
  device.total_bytes = static_cast<int64_t>(total);
  if (status == cudaSuccess) return "";
  if (status == cudaErrorDevicesUnavailable) {
    return "it is busy with another process, or reserved for one: " + reason_of(status);
  }
  return reason_of(status);
}

enum class Look { kGlance, kStart };

CudaSearch try_device(int ordinal, Look look) {
  CudaDevice device;
  device.ordinal = ordinal;
  device.name = name_of(ordinal);
  device.compute_major = attribute(cudaDevAttrComputeCapabilityMajor, ordinal);
  device.compute_minor = attribute(cudaDevAttrComputeCapabilityMinor, ordinal);
  device.multiprocessors = attribute(cudaDevAttrMultiProcessorCount, ordinal);
  std::string reason = known_fault(device);
  if (reason.empty() && look == Look::kStart) reason = start(device);
  if (reason.empty()) return {.device = device, .reason = {}};
  return fault(fmt::format("GPU {}, {}, cannot be used: {}", ordinal, device.name, reason));
}

CudaSearch first_usable(int count, Look look) {
  CudaSearch first;
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    CudaSearch search = try_device(ordinal, look);
    if (search.device) return search;
    if (ordinal == 0) first = std::move(search);
  }
  return first;
}

CudaSearch search_for(int ordinal, Look look) {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess || count == 0) return no_devices(status);
  if (ordinal < 0) return first_usable(count, look);
  if (ordinal < count) return try_device(ordinal, look);
  return none(fmt::format("there is no GPU {}; there {}, numbered from 0", ordinal,
                          count == 1 ? "is 1" : fmt::format("are {}", count)));
}

}  // namespace

CudaSearch find_cuda_device(int ordinal) { return search_for(ordinal, Look::kStart); }
CudaSearch glance_at_cuda_device(int ordinal) { return search_for(ordinal, Look::kGlance); }

int cuda_device_count() {
  int count = 0;
  return worked(cudaGetDeviceCount(&count)) ? count : 0;
}

// Those of the driver, on Windows' Linux of its door.
bool gpu_is_plugged_in() {
  std::error_code ignored;
  return std::filesystem::exists("/dev/nvidiactl", ignored) ||
         std::filesystem::exists("/dev/dxg", ignored);
}

}  // namespace wordfire
