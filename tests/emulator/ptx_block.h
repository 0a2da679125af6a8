// A block of threads: its warps, its shared memory and its barrier (PTX ISA, "bar.sync").
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "emulator/ptx_machine.h"
#include "emulator/ptx_order.h"
#include "emulator/ptx_shared.h"
#include "emulator/ptx_warp.h"

namespace wordfire::emulator {

class Block {
 public:
  Block(const PtxKernel& kernel, const Launch& launch, std::uint64_t number);

  // One warp runs at most so many instructions; returns how many. Throws MachineError.
  std::uint64_t take_turn(std::uint64_t most, MemoryUnit& memory, Order& order, Counts& counts);
  [[nodiscard]] bool done() const;

 private:
  [[nodiscard]] Warp* choose_warp(Order& order);
  void pass_barrier();
  [[noreturn]] void fail(const Warp& warp, std::uint32_t lane, const std::string& what) const;

  const PtxKernel& kernel_;
  std::array<unsigned, 3> index_{};
  SharedMemory shared_;
  std::vector<std::unique_ptr<Warp>> warps_;
  std::size_t last_ = 0;  // the warp that had the last turn
};

}  // namespace wordfire::emulator
