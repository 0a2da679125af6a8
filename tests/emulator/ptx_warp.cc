#include "emulator/ptx_warp.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <limits>

#include "emulator/ptx_exchange.h"
#include "emulator/ptx_fault.h"
#include "emulator/ptx_lanes.h"

namespace wordfire::emulator {
namespace {

constexpr std::uint32_t kNever = std::numeric_limits<std::uint32_t>::max();

template <class Visit>
void each_lane(std::uint32_t mask, Visit visit) {
  for (; mask != 0; mask &= mask - 1) visit(static_cast<std::uint32_t>(std::countr_zero(mask)));
}

std::uint32_t first_lane(std::uint32_t mask) {
  return static_cast<std::uint32_t>(std::countr_zero(mask));
}

std::string shown(std::uint32_t mask) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%08x", mask);
  return text.data();
}

}  // namespace

Warp::Warp(const PtxKernel& kernel, const WarpPlace& place, SharedMemory& shared)
    : code_(*kernel.code),
      // What nobody has written is no nice number.
      registers_(kernel.code->register_bytes, std::byte{0xcd}),
      local_(kernel.local_bytes * kLanesOfWarp, std::byte{0xcd}),
      view_{{registers_.data(), code_.constants.data()}, &shared, local_, place.warp} {
  const std::uint32_t threads = place.block[0] * place.block[1] * place.block[2];
  const std::uint32_t behind = threads - place.warp * kLanesOfWarp;
  if (behind < kLanesOfWarp) existing_ = (1U << behind) - 1;
  write_specials(code_, place, view_.rows);
}

Warp::State Warp::state() const {
  if (exited_ == existing_) return State::kDone;
  return blocked_ == existing_ ? State::kAtBarrier : State::kRuns;
}

void Warp::pass_barrier() {
  each_lane(blocked_, [&](std::uint32_t lane) { ++pcs_[lane]; });
  blocked_ = 0;
}

std::uint64_t Warp::run(std::uint64_t most, MemoryUnit& memory, Order& order, Counts& counts) {
  std::uint64_t done = 0;
  while (done < most) {
    if (group_ == 0 && !choose_group(order)) break;
    step(memory, counts);
    ++done;
    if (pc_ >= meeting_ || --patience_ == 0) {
      park();
      group_ = 0;
    }
  }
  counts.instructions += done;
  return done;
}

void Warp::set_pc(std::uint32_t lanes, std::uint32_t pc) {
  if (lanes == kAllLanes) return pcs_.fill(pc);
  each_lane(lanes, [&](std::uint32_t lane) { pcs_[lane] = pc; });
}

std::uint32_t Warp::lanes_at(std::uint32_t pc, std::uint32_t among) const {
  std::uint32_t lanes = 0;
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
    lanes |= pcs_[lane] == pc ? kLaneBit[lane] : 0;
  }
  return lanes & among;
}

// False if the warp is at a barrier or done.
bool Warp::choose_group(Order& order) {
  const std::uint32_t able = runnable();
  if (able == 0) {
    if (state() == State::kDone) return false;
    check_barrier();
    return false;
  }
  patience_ = order.shuffled() ? 1 + order.below(kMostPatience) : kNever;
  meeting_ = kNever;
  if (order.shuffled() && order.below(kSurpriseOneIn) == 0) {
    choose_at_random(able, order);
    return true;
  }
  pc_ = kNever;
  each_lane(able, [&](std::uint32_t lane) { pc_ = std::min(pc_, pcs_[lane]); });
  group_ = lanes_at(pc_, able);
  each_lane(able & ~group_, [&](std::uint32_t lane) { meeting_ = std::min(meeting_, pcs_[lane]); });
  return true;
}

// Any group, of which at times only a part goes.
void Warp::choose_at_random(std::uint32_t able, Order& order) {
  std::uint32_t lanes = able;
  for (std::uint32_t left = order.below(static_cast<std::uint32_t>(std::popcount(able))); left > 0;
       --left) {
    lanes &= lanes - 1;
  }
  pc_ = pcs_[first_lane(lanes)];
  group_ = lanes_at(pc_, able);
  const std::uint32_t part = group_ & order.bits();
  if (part != 0 && order.below(2) == 0) group_ = part;
}

void Warp::step(MemoryUnit& memory, Counts& counts) {
  const Instruction& instruction = code_.instructions[pc_];
  std::uint32_t active = group_;
  if (instruction.guarded) {
    const std::uint32_t guard = *view_.rows.read<std::uint32_t>(instruction.guard);
    active &= instruction.guard_negated ? ~guard : guard;
  }
  counts.lane_instructions += static_cast<std::uint64_t>(std::popcount(active));
  switch (instruction.work) {
    case Work::kLanes:
      counts.float_instructions += instruction.on_floats ? 1 : 0;
      instruction.lanes(instruction, view_.rows, active);
      ++pc_;
      return;
    case Work::kBranch:
      return branch(instruction, active, counts);
    case Work::kExit:
      return leave(active);
    case Work::kLoad:
    case Work::kStore:
    case Work::kAtomic:
      if (active != 0) memory.access(pc_, active, view_);
      ++pc_;
      return;
    case Work::kActiveMask: {
      LaneValues<std::uint32_t> values;
      values.fill(active);
      keep(view_.rows.write<std::uint32_t>(instruction.to[0]), values, active);
      ++pc_;
      return;
    }
    default:
      return wait(instruction, active, counts);
  }
}

void Warp::branch(const Instruction& instruction, std::uint32_t active, Counts& counts) {
  ++counts.branches;
  if (active == group_) {
    pc_ = instruction.target;
  } else if (active == 0) {
    ++pc_;
  } else {
    ++counts.divergent_branches;
    set_pc(active, instruction.target);
    set_pc(group_ & ~active, pc_ + 1);
    release_group();
  }
}

void Warp::leave(std::uint32_t active) {
  exited_ |= active;
  set_pc(group_, pc_ + 1);
  release_group();
}

// Another group has to be chosen; pc_ stays for messages.
void Warp::release_group() {
  group_ = 0;
  meeting_ = kNever;
  patience_ = kNever;
}

// Lanes without the guard go on by themselves.
void Warp::wait(const Instruction& instruction, std::uint32_t active, Counts& counts) {
  if (active == 0) {
    ++pc_;
    return;
  }
  if (active != group_) {
    set_pc(group_ & ~active, pc_ + 1);
    meeting_ = std::min(meeting_, pc_ + 1);
    group_ = active;
  }
  if (instruction.work == Work::kBlockBarrier) {
    ++counts.block_barriers;
    set_pc(active, pc_);
    blocked_ |= active;
    return release_group();
  }
  if (gather(instruction)) synchronise(instruction, counts);
}

// Whether all lanes that the instruction names have come; then they are the group. Else the group
// waits.
bool Warp::gather(const Instruction& instruction) {
  const Slot slot = instruction.from[instruction.work == Work::kWarpBarrier ? 0 : 3];
  const auto* const named = view_.rows.read<std::uint32_t>(slot);
  const std::uint32_t members = named[first_lane(group_)];
  std::uint32_t alike = 0;
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
    alike |= named[lane] == members ? kLaneBit[lane] : 0;
  }
  if (const std::uint32_t others = group_ & ~alike; others != 0) {
    set_pc(others, pc_);
    meeting_ = pc_;
    group_ &= alike;
  }
  check_members(members);
  const std::uint32_t come = group_ | (lanes_at(pc_, waiting_) & alike);
  if ((come & members) == members) {
    waiting_ &= ~members;
    group_ = members;
    return true;
  }
  set_pc(group_, pc_);
  waiting_ |= group_;
  release_group();
  return false;
}

void Warp::check_members(std::uint32_t members) const {
  if (const std::uint32_t outside = group_ & ~members; outside != 0) {
    throw LaneFault(first_lane(outside),
                    "is not among the lanes " + shown(members) + " that its own instruction names");
  }
  if (const std::uint32_t gone = members & (exited_ | ~existing_); gone != 0) {
    throw LaneFault(first_lane(group_), "waits for lanes " + shown(members) + ", of which " +
                                            shown(gone) + " have left the kernel");
  }
}

void Warp::synchronise(const Instruction& instruction, Counts& counts) {
  if (instruction.work == Work::kShuffle) shuffle_lanes(instruction, view_.rows, group_);
  if (instruction.work == Work::kVote) vote_lanes(instruction, view_.rows, group_);
  ++(instruction.work == Work::kWarpBarrier ? counts.warp_barriers : counts.shuffles);
  if (instruction.work == Work::kWarpBarrier) view_.shared->warp_barrier(view_.warp, group_);
  ++pc_;
}

// No lane can go on: throws unless all are at the same bar.sync.
void Warp::check_barrier() {
  if (waiting_ != 0) {
    pc_ = pcs_[first_lane(waiting_)];
    std::string others;
    if (blocked_ != 0) others += "; lanes " + shown(blocked_) + " wait at bar.sync";
    if (exited_ != 0) others += "; lanes " + shown(exited_) + " have left the kernel";
    each_lane(waiting_ & ~lanes_at(pc_, waiting_), [&](std::uint32_t lane) {
      others += "; lane " + std::to_string(lane) + " waits in line " +
                std::to_string(code_.instructions[pcs_[lane]].line);
    });
    throw LaneFault(first_lane(waiting_), "deadlock: lanes " + shown(lanes_at(pc_, waiting_)) +
                                              " wait here for lanes that do not come" + others);
  }
  pc_ = pcs_[first_lane(blocked_)];
  if (exited_ != 0) {
    throw LaneFault(first_lane(blocked_), "bar.sync that lanes " + shown(exited_) +
                                              " never reach: they have left the kernel");
  }
  if (const std::uint32_t others = blocked_ & ~lanes_at(pc_, blocked_); others != 0) {
    const std::uint32_t lane = first_lane(others);
    throw LaneFault(lane, "waits at the bar.sync of line " +
                              std::to_string(code_.instructions[pcs_[lane]].line) +
                              ", other lanes of its warp at this one");
  }
}

}  // namespace wordfire::emulator
