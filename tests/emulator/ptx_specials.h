// Special registers: what a thread knows about its place (PTX ISA, section "Special Registers").
#pragma once

#include <array>
#include <cstdint>

#include "emulator/ptx_code.h"

namespace wordfire::emulator {

// Of one warp.
struct WarpPlace {
  std::array<unsigned, 3> grid{};
  std::array<unsigned, 3> block{};
  std::array<unsigned, 3> block_index{};
  std::uint32_t warp = 0;  // of the block
};

// Fills the rows of those that the kernel names; they do not change.
void write_specials(const PtxCode& code, const WarpPlace& place, const Rows& rows);

}  // namespace wordfire::emulator
