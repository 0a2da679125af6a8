// The kernels of a program as its host code knows them, by the address of a function, and as PTX,
// which nvcc made of the same sources.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/ptx_program.h"

namespace wordfire::emulator {

struct DeviceKernel {
  PtxKernel ptx;
  int least_blocks = 1;  // of a multiprocessor (.minnctapersm)
  // As cudaFuncSetAttribute sets them, of one GPU.
  std::size_t most_dynamic_shared = std::size_t{48} << 10;
};

// The PTX of a program with one kernel alone: there may be many large ones. Empty without it.
[[nodiscard]] std::string cut_kernel(const std::string& ptx, std::string_view name);
// A mangled name without what nvcc puts into names of anonymous namespaces, a number of the
// compilation.
[[nodiscard]] std::string plain_name(std::string_view name);

class KernelTable {
 public:
  // files: "90=a.ptx:b.ptx|75=c.ptx".
  explicit KernelTable(std::string_view files);

  void add(const void* host, std::string name) { names_[host] = std::move(name); }
  // The kernel as a GPU of this capability and number has it; null where `host` is none. Throws
  // std::runtime_error if no PTX has it.
  [[nodiscard]] DeviceKernel* find(const void* host, int compute, int gpu);

 private:
  [[nodiscard]] DeviceKernel load(const std::string& name, int compute) const;

  std::map<int, std::vector<std::string>> files_;  // by compute capability
  std::map<const void*, std::string> names_;
  std::map<std::pair<const void*, int>, DeviceKernel> kernels_;
};

}  // namespace wordfire::emulator
