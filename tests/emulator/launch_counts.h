// What kernels of a program have done, by kernel: written at its end to a file that
// WORDFIRE_EMULATED_GPU names.
#pragma once

#include <map>
#include <string>

#include "emulator/ptx_machine.h"

namespace wordfire::emulator {

class LaunchCounts {
 public:
  // file: empty: nobody wants them.
  explicit LaunchCounts(std::string file) : file_(std::move(file)) {}

  void add(const std::string& kernel, const Counts& counts);
  // Tab-separated, with a line of names; kernels by their mangled names. Says where it cannot.
  void write() const;

 private:
  struct OfKernel {
    std::uint64_t launches = 0;
    Counts counts;
  };

  std::string file_;
  std::map<std::string, OfKernel> kernels_;
};

}  // namespace wordfire::emulator
