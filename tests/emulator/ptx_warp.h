// A warp: 32 threads, each with its own program counter (PTX ISA, "Independent Thread Scheduling").
//
// Lanes at the same instruction go together, as one group. In order, the group with the lowest
// program counter goes first, so that lanes that have parted meet again behind the branch.
// Shuffled, now and then any group goes for a while, and a group may part by itself, as a GPU's
// may.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "emulator/ptx_code.h"
#include "emulator/ptx_memory.h"
#include "emulator/ptx_order.h"
#include "emulator/ptx_specials.h"

namespace wordfire::emulator {

class Warp {
 public:
  enum class State { kRuns, kAtBarrier, kDone };

  Warp(const PtxKernel& kernel, const WarpPlace& place, SharedMemory& shared);

  // Executes at most so many instructions, and returns how many. Throws LaneFault.
  std::uint64_t run(std::uint64_t most, MemoryUnit& memory, Order& order, Counts& counts);

  [[nodiscard]] State state() const;
  // Of the instruction that was executed last, or that is waited at.
  [[nodiscard]] std::size_t index() const { return pc_; }
  // Lets the warp, which is at a barrier, go on.
  void pass_barrier();

 private:
  // Shuffled: instructions that a group goes at most before the next choice, and how often that is
  // not the group with the lowest program counter. Lanes that have parted must meet again, or a
  // kernel without barriers takes many times as long.
  static constexpr std::uint32_t kMostPatience = 128;
  static constexpr std::uint32_t kSurpriseOneIn = 4;

  bool choose_group(Order& order);
  void choose_at_random(std::uint32_t able, Order& order);
  void check_barrier();
  [[nodiscard]] std::uint32_t lanes_at(std::uint32_t pc, std::uint32_t among) const;
  [[nodiscard]] std::uint32_t runnable() const {
    return existing_ & ~exited_ & ~waiting_ & ~blocked_;
  }
  void set_pc(std::uint32_t lanes, std::uint32_t pc);
  void park() { set_pc(group_, pc_); }
  void release_group();

  // These leave pc_ and group_ as they are afterwards; group_ is 0 if another is to be chosen.
  void step(MemoryUnit& memory, Counts& counts);
  void branch(const Instruction& instruction, std::uint32_t active, Counts& counts);
  void leave(std::uint32_t active);
  void wait(const Instruction& instruction, std::uint32_t active, Counts& counts);
  bool gather(const Instruction& instruction);
  void check_members(std::uint32_t members) const;
  void synchronise(const Instruction& instruction, Counts& counts);

  const PtxCode& code_;
  std::vector<std::byte> registers_;
  std::vector<std::byte> local_;
  WarpView view_;
  std::array<std::uint32_t, kLanesOfWarp> pcs_{};
  std::uint32_t existing_ = kAllLanes;
  std::uint32_t exited_ = 0;
  std::uint32_t waiting_ = 0;   // at shfl.sync, vote.sync or bar.warp.sync
  std::uint32_t blocked_ = 0;   // at bar.sync
  std::uint32_t group_ = 0;     // lanes that go now
  std::uint32_t pc_ = 0;        // of the group
  std::uint32_t meeting_ = 0;   // the lowest program counter of the other lanes that can go
  std::uint32_t patience_ = 0;  // shuffled: instructions until another group may go
};

}  // namespace wordfire::emulator
