// Which device trains a run, and what the log says of it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

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
  std::function<bool()> are_plugged_in;
};
[[nodiscard]] Gpus gpus_of_this_machine();
// The same for a process that will not train itself: it starts CUDA on none.
[[nodiscard]] Gpus gpus_at_a_glance();

// A rank among those of its machine.
struct PlaceOnHost {
  int rank = 0;
  int ranks = 1;
};
[[nodiscard]] PlaceOnHost place_on_host(const Communicator& ranks);

// With -device auto a GPU if there is one and it can train the like, else the CPU, on `threads`
// threads. Ranks of one machine take GPUs of their own as long as there are enough that can be
// used, else they share those evenly. Throws Error (usage) where a GPU is asked for by name and is
// not to be had.
[[nodiscard]] DeviceChoice choose_device(const Options& options, int threads,
                                         const PlaceOnHost& local, const Gpus& gpus);

// What comes of it when the GPU's backend refuses the run, or fails before it trains. Throws the
// refusal where the GPU was asked for by name.
[[nodiscard]] DeviceChoice choose_cpu_instead(const Error& refusal, const Options& options,
                                              int threads);

// Collective: what all ranks train on, in words: "GPU 1", "CPU".
[[nodiscard]] std::vector<std::string> devices_of_ranks(Communicator& ranks,
                                                        const DeviceChoice& mine);
// For the log, by machine; empty where all train on the CPU.
[[nodiscard]] std::string devices_line(const Communicator& ranks,
                                       std::span<const std::string> devices);
// kGpu where all ranks train on one.
[[nodiscard]] Device device_of_all(std::span<const std::string> devices);

}  // namespace wordfire
