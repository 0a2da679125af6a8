// Kernel launches of the emulated CUDA runtime: what CUDA checks before, and the kernel itself.
#include <cstring>

#include "emulator/occupancy.h"
#include "emulator/ptx_machine.h"
#include "emulator/runtime.h"

namespace wordfire::emulator {
namespace {

bool is_empty(const dim3& size) { return size.x == 0 || size.y == 0 || size.z == 0; }

// "31 blocks of 128 threads with 3000 bytes of dynamic shared memory".
std::string shape_of(const dim3& grid, const dim3& block, std::size_t dynamic_shared) {
  return std::to_string(std::uint64_t{grid.x} * grid.y * grid.z) + " blocks of " +
         std::to_string(std::uint64_t{block.x} * block.y * block.z) + " threads with " +
         std::to_string(dynamic_shared) + " bytes of dynamic shared memory";
}

void check_shape(const GpuModel& gpu, const DeviceKernel& kernel, const dim3& grid,
                 const dim3& block, std::size_t dynamic_shared) {
  const std::string shape = kernel.ptx.name + ": " + shape_of(grid, block, dynamic_shared) + ": ";
  const auto threads = std::uint64_t{block.x} * block.y * block.z;
  if (is_empty(grid) || is_empty(block) || threads > static_cast<unsigned>(gpu.threads_of_block)) {
    throw Refusal(cudaErrorInvalidConfiguration, shape + "not a size that a GPU takes");
  }
  if (kernel.ptx.most_threads > 0 && threads > static_cast<unsigned>(kernel.ptx.most_threads)) {
    throw Refusal(cudaErrorInvalidValue, shape + "the kernel was made for at most " +
                                             std::to_string(kernel.ptx.most_threads) + " threads");
  }
  if (dynamic_shared + kernel.ptx.static_shared_bytes > kernel.most_dynamic_shared) {
    throw Refusal(cudaErrorInvalidValue, shape + "cudaFuncSetAttribute has allowed " +
                                             std::to_string(kernel.most_dynamic_shared));
  }
  if (blocks_of_multiprocessor(gpu, kernel, static_cast<int>(threads), dynamic_shared) == 0) {
    throw Refusal(cudaErrorLaunchOutOfResources, shape + "a multiprocessor does not hold one");
  }
}

std::vector<std::byte> parameters_of(const PtxKernel& kernel, void** arguments) {
  std::vector<std::byte> bytes(kernel.parameter_bytes);
  for (std::size_t i = 0; i < kernel.parameters.size(); ++i) {
    const PtxParameter& parameter = kernel.parameters[i];
    std::memcpy(bytes.data() + parameter.offset, arguments[i], parameter.bytes);
  }
  return bytes;
}

// As far as the machine's message tells.
cudaError_t status_of(const MachineError& error) {
  const std::string_view text = error.what();
  if (text.find("no multiple") != std::string_view::npos) return cudaErrorMisalignedAddress;
  if (text.find("global memory") != std::string_view::npos) return cudaErrorIllegalAddress;
  return cudaErrorLaunchFailure;
}

}  // namespace

DeviceKernel& Runtime::kernel(const void* host) {
  const int ordinal = current_ordinal();
  DeviceKernel* const found = kernels_.find(host, current().model.compute, ordinal);
  if (found == nullptr) throw Refusal(cudaErrorInvalidDeviceFunction, "no kernel of this program");
  return *found;
}

void Runtime::launch(const void* host, const dim3& grid, const dim3& block, void** arguments,
                     std::size_t dynamic_shared, WorkStream* handle) {
  const DeviceKernel& kernel = this->kernel(host);
  WorkStream& stream = this->stream(handle);
  if (stream.device != current_ordinal()) {
    throw Refusal(cudaErrorInvalidResourceHandle, "the stream is another GPU's");
  }
  Gpu& gpu = current();
  check_shape(gpu.model, kernel, grid, block, dynamic_shared);
  Launch launch;
  launch.grid = {grid.x, grid.y, grid.z};
  launch.block = {block.x, block.y, block.z};
  launch.dynamic_shared_bytes = dynamic_shared;
  launch.parameters = parameters_of(kernel.ptx, arguments);
  launch.seed = queue_.draw();
  const auto threads = static_cast<int>(block.x * block.y * block.z);
  launch.resident_blocks =
      static_cast<unsigned>(blocks_of_multiprocessor(gpu.model, kernel, threads, dynamic_shared) *
                            gpu.model.multiprocessors);
  queue_.add(stream, {.name = kernel.ptx.name,
                      .host = {},
                      .device = {},
                      .run = [this, &gpu, &kernel, launch] { run_kernel(gpu, kernel, launch); }});
}

void Runtime::run_kernel(Gpu& gpu, const DeviceKernel& kernel, const Launch& launch) {
  if (gpu.fault != cudaSuccess) return;
  const DeviceHeap::Opened open(gpu.heap);
  try {
    counts_.add(kernel.ptx.name, run(kernel.ptx, launch, gpu.heap));
  } catch (const MachineError& error) {
    say(error.what());
    gpu.fault = status_of(error);
  }
}

}  // namespace wordfire::emulator
