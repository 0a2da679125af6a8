#include "emulator/ptx_machine.h"

#include <algorithm>
#include <memory>
#include <string>

#include "emulator/ptx_block.h"
#include "emulator/ptx_memory.h"
#include "emulator/ptx_order.h"

namespace wordfire::emulator {
namespace {

constexpr std::uint64_t kMostThreadsOfBlock = 1024;  // PTX ISA, ".maxntid"; all GPUs so far
// Instructions that a warp executes before another one has its turn: few enough that warps meet in
// memory, many enough that a warp's registers stay in the first cache.
constexpr std::uint64_t kTurn = 256;

std::uint64_t product(const std::array<unsigned, 3>& sizes) {
  return std::uint64_t{sizes[0]} * sizes[1] * sizes[2];
}

void check_launch(const PtxKernel& kernel, const Launch& launch) {
  const auto fail = [&](const std::string& what) {
    throw MachineError("kernel " + kernel.name + ": " + what);
  };
  const std::uint64_t threads = product(launch.block);
  if (threads == 0 || product(launch.grid) == 0) fail("a grid or a block without threads");
  const std::uint64_t most = kernel.most_threads > 0
                                 ? static_cast<std::uint64_t>(kernel.most_threads)
                                 : kMostThreadsOfBlock;
  if (threads > most) {
    fail("blocks of " + std::to_string(threads) + " threads, it may have " + std::to_string(most));
  }
  if (launch.parameters.size() != kernel.parameter_bytes) {
    fail("got " + std::to_string(launch.parameters.size()) + " bytes of parameters, want " +
         std::to_string(kernel.parameter_bytes));
  }
}

class Machine {
 public:
  Machine(const PtxKernel& kernel, const Launch& launch, const GlobalMemory& memory)
      : kernel_(kernel),
        launch_(launch),
        memory_(kernel, launch, memory, counts_),
        order_(launch.seed) {}

  Counts run() {
    const std::uint64_t blocks = product(launch_.grid);
    const std::uint64_t most = std::max(1U, launch_.resident_blocks);
    for (std::uint64_t next = 0; next < blocks || !resident_.empty();) {
      while (next < blocks && resident_.size() < most) {
        resident_.push_back(std::make_unique<Block>(kernel_, launch_, next++));
      }
      take_turn();
    }
    return counts_;
  }

 private:
  void take_turn() {
    const auto blocks = static_cast<std::uint32_t>(resident_.size());
    last_ = order_.shuffled() ? order_.below(blocks) : (last_ + 1) % blocks;
    const std::uint64_t most = order_.shuffled() ? 1 + order_.below(kTurn) : kTurn;
    resident_[last_]->take_turn(most, memory_, order_, counts_);
    if (counts_.instructions > launch_.most_instructions) {
      throw MachineError("kernel " + kernel_.name + ": still runs after " +
                         std::to_string(launch_.most_instructions) +
                         " warp instructions; is that an endless loop?");
    }
    if (resident_[last_]->done()) resident_.erase(resident_.begin() + last_);
  }

  const PtxKernel& kernel_;
  const Launch& launch_;
  Counts counts_;
  MemoryUnit memory_;
  Order order_;
  std::vector<std::unique_ptr<Block>> resident_;
  std::uint32_t last_ = 0;
};

}  // namespace

Counts run(const PtxKernel& kernel, const Launch& launch, const GlobalMemory& memory) {
  check_launch(kernel, launch);
  return Machine(kernel, launch, memory).run();
}

}  // namespace wordfire::emulator
