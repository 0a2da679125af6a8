// A kernel: its parameters, its launch bounds, its variables and its instructions.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "emulator/ptx_decoder.h"
#include "emulator/ptx_program.h"
#include "emulator/ptx_tokens.h"

namespace wordfire::emulator {

// .align 16 .b8 name[64], .u64 name: size and name of a variable.
struct PtxVariable {
  std::string name;
  std::size_t align = 1;
  std::size_t bytes = 0;
  bool open_ended = false;  // name[]
};
PtxVariable parse_variable(PtxCursor& cursor);

class KernelParser {
 public:
  // shared: what the module declares before the kernel.
  KernelParser(PtxCursor& cursor, const std::vector<PtxVariable>& shared)
      : cursor_(cursor), module_shared_(shared) {}

  // The cursor stands behind .entry.
  PtxKernel parse();

 private:
  void parameters();
  void bounds();
  void place_shared();
  void place_dynamic_shared();
  void place(const PtxVariable& variable, std::size_t& used);
  void body();
  void directive();
  void registers();
  void statement();
  void connect_labels();
  void assign();

  PtxCursor& cursor_;
  const std::vector<PtxVariable>& module_shared_;
  PtxOperands operands_;
  PtxKernel kernel_;
  PtxCode code_;
  std::vector<RegisterUse> uses_;
  std::unordered_map<std::string, std::uint32_t> labels_;
  std::vector<std::pair<std::size_t, std::string>> branches_;
};

}  // namespace wordfire::emulator
