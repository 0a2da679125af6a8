// What an access of a warp costs in memory: sectors of 32 bytes of global memory, cycles of the 32
// banks of shared memory (CUDA C++ Best Practices Guide, "Coalesced Access to Global Memory",
// "Shared Memory and Memory Banks").
#pragma once

#include <array>
#include <cstdint>

#include "emulator/ptx_code.h"

namespace wordfire::emulator {

using LaneAddresses = std::array<std::uint64_t, kLanesOfWarp>;

// Different sectors that the lanes of the mask touch. No value lies in two: addresses are multiples
// of the bytes of a value, which are at most 32.
[[nodiscard]] std::uint32_t count_sectors(const LaneAddresses& addresses, std::uint32_t mask);

// Cycles beyond those without conflicts. Lanes that read the same word share it. Accesses of 8
// bytes go by 16 lanes, those of 16 bytes by 8.
[[nodiscard]] std::uint32_t count_bank_conflicts(const LaneAddresses& addresses, std::uint32_t mask,
                                                 std::uint32_t bytes);

}  // namespace wordfire::emulator
