// Small kernels for tests of the interpreter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "emulator/ptx_machine.h"
#include "emulator/ptx_program.h"

namespace wordfire::emulator {

// Memory of known arrays.
class TestMemory : public GlobalMemory {
 public:
  template <class T>
  void add(const std::vector<T>& values) {
    const auto* const begin = reinterpret_cast<const std::byte*>(values.data());
    allocations_[reinterpret_cast<std::uint64_t>(begin)] = {begin, values.size() * sizeof(T)};
  }
  void add_raw(const void* begin, std::size_t bytes) {
    allocations_[reinterpret_cast<std::uint64_t>(begin)] = {static_cast<const std::byte*>(begin),
                                                            bytes};
  }
  [[nodiscard]] Allocation check(std::uint64_t address, std::size_t bytes) const override {
    const auto behind = allocations_.upper_bound(address);
    if (behind != allocations_.begin()) {
      const Allocation& found = std::prev(behind)->second;
      const std::uint64_t at = address - std::prev(behind)->first;
      if (at < found.bytes && found.bytes - at >= bytes) return found;
    }
    throw std::runtime_error("not allocated");
  }

 private:
  std::map<std::uint64_t, Allocation> allocations_;
};

// A module whose one kernel `test` has these instructions, and a pointer as its parameter that is
// in %data. %lane is %tid.x. Registers: %p, %h (16 bits), %r, %f, %d (64 bits), %g (f64), 32 of
// each.
inline std::string module_of(const std::string& instructions, const std::string& outside = "",
                             const std::string& bounds = "") {
  return ".version 8.0\n.target sm_75\n.address_size 64\n" + outside +
         "\n.visible .entry test(.param .u64 test_param_0)\n" + bounds +
         "\n{\n.reg .pred %p<32>;\n.reg .b16 %h<32>;\n.reg .b32 %r<32>;\n.reg .f32 %f<32>;\n"
         ".reg .b64 %d<32>;\n.reg .f64 %g<32>;\n.reg .b32 %lane;\n.reg .b64 %data;\n"
         "ld.param.u64 %data, [test_param_0];\ncvta.to.global.u64 %data, %data;\n"
         "mov.u32 %lane, %tid.x;\n" +
         instructions + "\n}\n";
}

// One launch of it.
class TestKernel {
 public:
  explicit TestKernel(const std::string& instructions, const std::string& outside = "",
                      const std::string& bounds = "")
      : program_(module_of(instructions, outside, bounds)) {}

  Launch launch{.block = {32, 1, 1}};  // one warp until it is changed

  // data: what the kernel's pointer points at.
  template <class T>
  Counts run(std::vector<T>& data) {
    TestMemory memory;
    memory.add(data);
    T* const pointer = data.data();
    launch.parameters.resize(sizeof(pointer));
    std::memcpy(launch.parameters.data(), &pointer, sizeof(pointer));
    return emulator::run(*program_.find("test"), launch, memory);
  }
  // The message of the error that it must end with; "" if it does not.
  template <class T>
  std::string error(std::vector<T>& data) {
    try {
      run(data);
    } catch (const MachineError& error) {
      return error.what();
    }
    return "";
  }
  std::string error() {
    std::vector<std::uint32_t> data(1024);
    return error(data);
  }

 private:
  PtxProgram program_;
};

}  // namespace wordfire::emulator
