// The thousands of registers of a kernel's text share the rows of a small register file: two whose
// values are never needed at the same time may have the same row. So a warp's registers fit into
// the first caches (Poletto and Sarkar 1999, "Linear Scan Register Allocation").
#pragma once

#include <cstdint>
#include <vector>

#include "emulator/ptx_operands.h"

namespace wordfire::emulator {

struct RegisterRows {
  std::vector<std::uint32_t> offsets;  // of each register's row, in bytes
  std::size_t bytes = 0;               // of the file
};

// register_bytes: 0 for a predicate. uses: of each instruction. always: registers that hold their
// value from beginning to end.
[[nodiscard]] RegisterRows assign_rows(const std::vector<Instruction>& instructions,
                                       const std::vector<RegisterUse>& uses,
                                       const std::vector<std::uint8_t>& register_bytes,
                                       const std::vector<std::uint32_t>& always);

}  // namespace wordfire::emulator
