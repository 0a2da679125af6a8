// Loads, stores and atomics of a warp: where each lane's address lies, whether it may be touched,
// and what the access costs (PTX ISA, "Data Movement and Conversion Instructions").
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emulator/ptx_code.h"
#include "emulator/ptx_machine.h"
#include "emulator/ptx_shared.h"
#include "emulator/ptx_traffic.h"

namespace wordfire::emulator {

// What belongs to the warp that accesses memory.
struct WarpView {
  Rows rows;
  SharedMemory* shared = nullptr;
  std::span<std::byte> local;  // of all lanes, one behind the other
  std::uint32_t warp = 0;      // of the block
};

class MemoryUnit {
 public:
  // All must live as long as the unit.
  MemoryUnit(const PtxKernel& kernel, const Launch& launch, const GlobalMemory& memory,
             Counts& counts);

  // Instruction `index` of the kernel for the lanes of the mask, which is not empty. Throws
  // LaneFault.
  void access(std::size_t index, std::uint32_t mask, const WarpView& view);

 private:
  using Pointers = std::array<std::byte*, kLanesOfWarp>;

  // Those of one space among the lanes of an instruction.
  struct Part {
    Space space;
    std::uint32_t mask;
  };

  void access_part(std::size_t index, Part part, LaneAddresses& addresses, const WarpView& view);
  void check_alignment(const Instruction& instruction, std::uint32_t mask,
                       const LaneAddresses& addresses) const;
  void find_global(std::size_t index, std::uint32_t mask, const LaneAddresses& addresses,
                   Pointers& pointers);
  void find_shared(const Instruction& instruction, std::uint32_t mask,
                   const LaneAddresses& addresses, const WarpView& view, Pointers& pointers);
  void find_in(std::span<const std::byte> bytes, std::size_t step, const char* name,
               std::uint32_t mask, std::size_t width, const LaneAddresses& addresses,
               Pointers& pointers) const;
  void count_global(const Instruction& instruction, std::uint32_t mask,
                    const LaneAddresses& addresses);

  const PtxCode& code_;
  const Launch& launch_;
  const GlobalMemory& memory_;
  Counts& counts_;
  std::size_t local_bytes_;
  std::vector<Allocation> known_;  // that each instruction has touched last
};

}  // namespace wordfire::emulator
