// mov between a register and the parts of a vector: mov.b64 {%r1, %r2}, %rd1 (PTX ISA, "mov").
#pragma once

#include <cstdint>
#include <string_view>

#include "emulator/ptx_code.h"

namespace wordfire::emulator {

struct PackForm {
  LaneWork work = nullptr;  // null: unknown
  std::uint8_t whole_bytes = 0;
  std::uint8_t part_bytes = 0;
  std::uint8_t parts = 0;
};

[[nodiscard]] PackForm find_pack_form(std::string_view opcode, bool unpack);

}  // namespace wordfire::emulator
