// Runs kernels on the CPU as a GPU would, but strictly: what a GPU may punish is a MachineError
// (addresses out of bounds or misaligned, races on shared memory, barriers that not all reach).
// Device addresses are host addresses; see the PTX ISA, "Programming Model" and "Memory Consistency
// Model".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "emulator/ptx_program.h"

namespace wordfire::emulator {

// The message: kernel, block, warp, lane, line of the PTX text and its text, and what is wrong.
class MachineError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Allocation {
  const std::byte* begin = nullptr;
  std::size_t bytes = 0;
};

// What kernels may touch.
class GlobalMemory {
 public:
  virtual ~GlobalMemory() = default;
  // The allocation that holds all of [address, address + bytes). Throws an std::exception that says
  // what lies there if there is none. It is asked once an instruction and allocation: allocations
  // may not change during run().
  [[nodiscard]] virtual Allocation check(std::uint64_t address, std::size_t bytes) const = 0;
};

struct Launch {
  std::array<unsigned, 3> grid{1, 1, 1};
  std::array<unsigned, 3> block{1, 1, 1};
  std::size_t dynamic_shared_bytes = 0;
  std::vector<std::byte> parameters{};  // [kernel.parameter_bytes]
  // 0: blocks and warps take turns in order, and lanes of a warp go together as long as they can.
  // Else: blocks, warps and parts of warps take turns at random, as this number says.
  std::uint64_t seed = 0;
  // Warp instructions after which the launch is taken for an endless loop.
  std::uint64_t most_instructions = std::uint64_t{4} << 30;
  unsigned resident_blocks = 16;  // that take turns; the next one starts where one ends
};

// Of warp instructions: one that all 32 lanes execute together counts once.
struct Counts {
  std::uint64_t instructions = 0;        // all
  std::uint64_t lane_instructions = 0;   // all, times their active lanes
  std::uint64_t float_instructions = 0;  // arithmetic on floating-point values
  std::uint64_t branches = 0;
  std::uint64_t divergent_branches = 0;  // whose lanes part
  std::uint64_t global_loads = 0;
  std::uint64_t global_stores = 0;
  std::uint64_t atomics = 0;  // atom and red on global memory
  std::uint64_t shared_accesses = 0;
  std::uint64_t local_accesses = 0;
  std::uint64_t shuffles = 0;  // shfl and vote
  std::uint64_t warp_barriers = 0;
  std::uint64_t block_barriers = 0;
  // Different 32-byte sectors that a load or store touches, summed: 4 sectors are 128 bytes.
  std::uint64_t global_sectors = 0;
  std::uint64_t atomic_sectors = 0;
  std::uint64_t atomic_lanes = 0;  // single additions: each lane's, four for a .v4
  // Cycles that accesses to shared memory take beyond those that they would take without conflicts
  // (32 banks of 4 bytes).
  std::uint64_t shared_bank_conflict_cycles = 0;
};

// Throws MachineError as soon as something is wrong; memory then holds what had been done.
Counts run(const PtxKernel& kernel, const Launch& launch, const GlobalMemory& memory);

}  // namespace wordfire::emulator
