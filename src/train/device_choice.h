// Which device trains a run, and what the log says of it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/error.h"
#include "core/options.h"
#include "cuda/cuda_device.h"
#include "dist/communicator.h"

namespace wordfire {

struct DeviceChoice {
  std::optional<CudaDevice> gpu;  // none: the CPU trains
  std::string line;               // for the log: what trains, and why; may be empty
  bool is_warning = false;        // a GPU is there, or was hoped for, that cannot be used
};

// The GPUs of a machine.
struct Gpus {
  std::function<int()> count;
  std::function<CudaSearch(int ordinal)> find;  // cuda/cuda_device.h
};
[[nodiscard]] Gpus gpus_of_this_machine();

// With -device auto a GPU if there is one and it can train the like, else the CPU, on `threads`
// threads. Ranks on one machine, of which this is number `local_rank`, take its GPUs in turn.
// Throws Error (usage) where a GPU is asked for by name and is not to be had.
[[nodiscard]] DeviceChoice choose_device(const Options& options, int threads, int local_rank,
                                         const Gpus& gpus);

// What comes of it when the GPU's backend refuses the run. Throws the refusal where the GPU was
// asked for by name, or where it is of another kind than usage.
[[nodiscard]] DeviceChoice choose_cpu_instead(const Error& refusal, const Options& options,
                                              int threads);

// How many ranks of this machine come before this one.
[[nodiscard]] int local_rank_of(const Communicator& ranks);

}  // namespace wordfire
