// Generic addresses (PTX ISA, "Generic Addressing"): those of global memory are the host's own;
// shared and local memory are windows where no address of the host lies.
#pragma once

#include <cstdint>

namespace wordfire::emulator {

inline constexpr std::uint64_t kSharedWindow = std::uint64_t{0x5a} << 56;
inline constexpr std::uint64_t kLocalWindow = std::uint64_t{0x5b} << 56;
inline constexpr std::uint64_t kWindowBits = std::uint64_t{0xff} << 56;

}  // namespace wordfire::emulator
