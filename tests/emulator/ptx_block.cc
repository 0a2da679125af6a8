#include "emulator/ptx_block.h"

#include <algorithm>

#include "emulator/ptx_fault.h"

namespace wordfire::emulator {
namespace {

std::uint32_t threads_of(const Launch& launch) {
  return launch.block[0] * launch.block[1] * launch.block[2];
}

std::uint32_t warps_of(const Launch& launch) {
  return (threads_of(launch) + kLanesOfWarp - 1) / kLanesOfWarp;
}

std::size_t shared_bytes_of(const PtxKernel& kernel, const Launch& launch) {
  const std::size_t alignment = kernel.code->shared_alignment;
  if (launch.dynamic_shared_bytes == 0) return kernel.static_shared_bytes;
  return (kernel.static_shared_bytes + alignment - 1) / alignment * alignment +
         launch.dynamic_shared_bytes;
}

}  // namespace

Block::Block(const PtxKernel& kernel, const Launch& launch, std::uint64_t number)
    : kernel_(kernel),
      shared_(shared_bytes_of(kernel, launch), warps_of(launch), threads_of(launch)) {
  const std::uint64_t of_row = launch.grid[0];
  const std::uint64_t of_plane = of_row * launch.grid[1];
  index_ = {static_cast<unsigned>(number % of_row),
            static_cast<unsigned>(number % of_plane / of_row),
            static_cast<unsigned>(number / of_plane)};
  for (std::uint32_t warp = 0; warp < warps_of(launch); ++warp) {
    const WarpPlace place{launch.grid, launch.block, index_, warp};
    warps_.push_back(std::make_unique<Warp>(kernel, place, shared_));
  }
}

bool Block::done() const {
  return std::all_of(warps_.begin(), warps_.end(),
                     [](const auto& warp) { return warp->state() == Warp::State::kDone; });
}

// One that can run, beginning behind the last one; null if there is none.
Warp* Block::choose_warp(Order& order) {
  const std::size_t first =
      order.shuffled() ? order.below(static_cast<std::uint32_t>(warps_.size())) : last_ + 1;
  for (std::size_t i = 0; i < warps_.size(); ++i) {
    last_ = (first + i) % warps_.size();
    if (warps_[last_]->state() == Warp::State::kRuns) return warps_[last_].get();
  }
  return nullptr;
}

std::uint64_t Block::take_turn(std::uint64_t most, MemoryUnit& memory, Order& order,
                               Counts& counts) {
  Warp* const warp = choose_warp(order);
  if (warp == nullptr) {
    pass_barrier();
    return 0;
  }
  try {
    return warp->run(most, memory, order, counts);
  } catch (const LaneFault& fault) {
    fail(*warp, fault.lane(), fault.what());
  }
}

// All that run are at a barrier.
void Block::pass_barrier() {
  const Warp* first = nullptr;
  for (const auto& warp : warps_) {
    if (warp->state() == Warp::State::kAtBarrier && first == nullptr) first = warp.get();
  }
  for (std::size_t i = 0; i < warps_.size(); ++i) {
    if (warps_[i]->state() == Warp::State::kDone) {
      fail(*first, kNoLane,
           "bar.sync that warp " + std::to_string(i) + " never reaches: it has left the kernel");
    }
    if (warps_[i]->index() != first->index()) {
      fail(*first, kNoLane,
           "waits at this bar.sync, but warp " + std::to_string(i) + " at that of line " +
               std::to_string(kernel_.code->instructions[warps_[i]->index()].line));
    }
  }
  for (const auto& warp : warps_) warp->pass_barrier();
  shared_.block_barrier();
}

void Block::fail(const Warp& warp, std::uint32_t lane, const std::string& what) const {
  const auto found = std::find_if(warps_.begin(), warps_.end(),
                                  [&](const auto& other) { return other.get() == &warp; });
  std::string where = "kernel " + kernel_.name + ", block (" + std::to_string(index_[0]) + ", " +
                      std::to_string(index_[1]) + ", " + std::to_string(index_[2]) + "), warp " +
                      std::to_string(found - warps_.begin());
  if (lane != kNoLane) where += ", lane " + std::to_string(lane);
  const std::size_t at = warp.index();
  throw MachineError(where + ", PTX line " + std::to_string(kernel_.code->instructions[at].line) +
                     " \"" + kernel_.code->texts[at] + "\": " + what);
}

}  // namespace wordfire::emulator
