// shfl.sync and vote.sync: values between the lanes of a warp (PTX ISA, "shfl.sync", "vote.sync").
#pragma once

#include <cstdint>

#include "emulator/ptx_code.h"

namespace wordfire::emulator {

// members: the lanes that take part; others have no values. Throws LaneFault if a lane reads one
// that takes no part.
void shuffle_lanes(const Instruction& instruction, const Rows& rows, std::uint32_t members);
void vote_lanes(const Instruction& instruction, const Rows& rows, std::uint32_t members);

}  // namespace wordfire::emulator
