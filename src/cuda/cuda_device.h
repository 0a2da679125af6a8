// The GPUs of this machine that the program can train on. Where it cannot, why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace wordfire {

struct CudaDevice {
  int ordinal = 0;   // as CUDA numbers them
  std::string name;  // "NVIDIA H200"
  int compute_major = 0;
  int compute_minor = 0;
  int multiprocessors = 0;
  int64_t free_bytes = 0;  // when it was looked for
  int64_t total_bytes = 0;
};

struct CudaSearch {
  std::optional<CudaDevice> device;
  std::string reason;     // where there is none: a clause that says why
  bool is_built = true;   // false: this program was built without CUDA
  bool is_fault = false;  // there is a GPU, or a driver, that ought to work and does not
};

// Looks for GPU `ordinal`; -1: the first that can be used. Starts CUDA in this process and on that
// GPU, which takes a part of a second. Never throws where there is none.
[[nodiscard]] CudaSearch find_cuda_device(int ordinal);

// The same without starting CUDA on it, so that nothing of its memory is taken: what only a start
// would tell is not seen, and the bytes are 0.
[[nodiscard]] CudaSearch glance_at_cuda_device(int ordinal);

// Whether this machine, or container, has device files of GPUs: costs nothing, and starts nothing.
[[nodiscard]] bool gpu_is_plugged_in();

// How many GPUs there are, whether they can be used or not; 0 without a driver that this program
// can use.
[[nodiscard]] int cuda_device_count();

}  // namespace wordfire
