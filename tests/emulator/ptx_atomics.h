// atom and red: what they do to one value in memory (PTX ISA, "atom", "red"). One warp runs at a
// time, so that nothing comes between.
#pragma once

#include <cstdint>
#include <string_view>

#include "emulator/ptx_code.h"

namespace wordfire::emulator {

struct AtomicForm {
  AtomicWork work = nullptr;  // null: unknown
  std::uint8_t bytes = 0;
  bool compares = false;  // cas: a second operand
  bool flushes_global =
      false;  // "atom.add.f32 on global memory flushes subnormal inputs and results"
};

// operation: "add", "min", ... type: "f32", "u64", ...
[[nodiscard]] AtomicForm find_atomic(std::string_view operation, std::string_view type);

// Zero of the same sign for a subnormal float.
void flush_float(std::byte* value);

}  // namespace wordfire::emulator
