// What an emulated GPU is: data. Set by the variable WORDFIRE_EMULATED_GPU, "name=number" by name,
// with blanks between: "gpus=2 compute=75 multiprocessors=4 memory_mib=512 seed=3".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wordfire::emulator {

struct GpuModel {
  std::string name = "emulated GPU";
  int compute = 90;
  int multiprocessors = 4;  // few, so that grids stay small
  std::size_t memory = std::size_t{512} << 20;
  std::size_t shared_of_block = 0;  // with cudaFuncSetAttribute; 48 KiB without
  std::size_t shared_of_multiprocessor = 0;
  std::size_t shared_reserved = 0;  // of every block, for the system
  int threads_of_block = 1024;
  int threads_of_multiprocessor = 0;
  int blocks_of_multiprocessor = 0;
  int registers_of_multiprocessor = 65536;
};

// Of the CUDA C++ Programming Guide, "Technical Specifications per Compute Capability". Knows 75
// and 90, as compute capability 7.5 and 9.0.
[[nodiscard]] GpuModel model_of_compute(int compute);

struct Machine {
  int gpus = 1;
  GpuModel model;
  // Decides the order of what CUDA leaves open: 0: nothing runs before it must.
  std::uint64_t seed = 1;
  // The call of CUDA, of 1, 2, ..., from which on the GPU has failed; 0: it does not.
  std::uint64_t fail_at = 0;
  // The call that fails alone, with cudaErrorMemoryAllocation; 0: none does.
  std::uint64_t refuse_at = 0;
  // Of bytes that all processes have taken; empty: this one is alone.
  std::string ledger;
  // For what kernels have done, see launch_counts.h; empty: nobody wants it.
  std::string counts;
};

// Throws std::runtime_error that names the word that it does not know.
[[nodiscard]] Machine parse_machine(std::string_view text);
// Of WORDFIRE_EMULATED_GPU; one GPU where it is not set.
[[nodiscard]] Machine machine_of_environment();

}  // namespace wordfire::emulator
