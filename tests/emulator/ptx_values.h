// Values between memory and the rows of registers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "emulator/ptx_code.h"

namespace wordfire::emulator {

using LanePointers = std::array<std::byte*, kLanesOfWarp>;

// pointers: where each lane of the mask reads or writes, for the mask's lanes only.
void load_values(const Instruction& instruction, const Rows& rows, std::uint32_t mask,
                 const LanePointers& pointers);
void store_values(const Instruction& instruction, const Rows& rows, std::uint32_t mask,
                  const LanePointers& pointers);
// Lane after lane, the vector's elements of each. global: the memory is.
void change_values(const Instruction& instruction, const Rows& rows, std::uint32_t mask,
                   const LanePointers& pointers, bool global);

}  // namespace wordfire::emulator
