#include "emulator/occupancy.h"

#include <algorithm>

namespace wordfire::emulator {
namespace {

constexpr int kWarp = 32;
constexpr int kMostRegisters = 255;
constexpr int kRegistersStep = 8;
constexpr std::size_t kSharedStep = 128;

}  // namespace

int most_registers(const GpuModel& gpu, const DeviceKernel& kernel) {
  if (kernel.ptx.most_threads == 0) return kMostRegisters;
  const int threads = kernel.ptx.most_threads * std::max(kernel.least_blocks, 1);
  const int registers = gpu.registers_of_multiprocessor / threads / kRegistersStep * kRegistersStep;
  return std::min(registers, kMostRegisters);
}

int blocks_of_multiprocessor(const GpuModel& gpu, const DeviceKernel& kernel, int threads,
                             std::size_t dynamic_shared) {
  const int warps = (threads + kWarp - 1) / kWarp;
  if (threads <= 0 || threads > gpu.threads_of_block) return 0;
  if (kernel.ptx.most_threads > 0 && threads > kernel.ptx.most_threads) return 0;
  const std::size_t shared = kernel.ptx.static_shared_bytes + dynamic_shared;
  if (shared > gpu.shared_of_block || dynamic_shared > kernel.most_dynamic_shared) return 0;
  const std::size_t of_block =
      (shared + gpu.shared_reserved + kSharedStep - 1) / kSharedStep * kSharedStep;
  const int registers = (most_registers(gpu, kernel) + kRegistersStep - 1) / kRegistersStep *
                        kRegistersStep * kWarp * warps;
  int blocks =
      std::min({gpu.blocks_of_multiprocessor, gpu.threads_of_multiprocessor / kWarp / warps,
                gpu.registers_of_multiprocessor / registers});
  if (of_block > 0) {
    blocks = std::min(blocks, static_cast<int>(gpu.shared_of_multiprocessor / of_block));
  }
  return blocks;
}

}  // namespace wordfire::emulator
