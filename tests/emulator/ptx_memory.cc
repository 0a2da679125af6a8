#include "emulator/ptx_memory.h"

#include <algorithm>
#include <bit>
#include <cinttypes>
#include <cstdio>
#include <string>

#include "emulator/ptx_fault.h"
#include "emulator/ptx_lanes.h"
#include "emulator/ptx_values.h"
#include "emulator/ptx_windows.h"

namespace wordfire::emulator {
namespace {

std::string hexadecimal(std::uint64_t value) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%" PRIx64, value);
  return text.data();
}

LaneAddresses addresses_of(const Instruction& instruction, const Rows& rows) {
  LaneAddresses addresses;
  const auto offset = static_cast<std::uint64_t>(instruction.offset);
  if (instruction.address_bytes == 4) {
    const auto* const row = rows.read<std::uint32_t>(instruction.address);
    for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
      addresses[lane] = (row[lane] + offset) & 0xffffffffU;
    }
  } else {
    const auto* const row = rows.read<std::uint64_t>(instruction.address);
    for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) addresses[lane] = row[lane] + offset;
  }
  return addresses;
}

std::uint32_t lanes_in_window(const LaneAddresses& addresses, std::uint32_t mask,
                              std::uint64_t window) {
  std::uint32_t lanes = 0;
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
    lanes |= (addresses[lane] & kWindowBits) == window ? kLaneBit[lane] : 0;
  }
  return lanes & mask;
}

std::uint32_t first_lane(std::uint32_t mask) {
  return static_cast<std::uint32_t>(std::countr_zero(mask));
}

// The lowest and the highest address of the lanes.
std::pair<std::uint64_t, std::uint64_t> range_of(const LaneAddresses& addresses,
                                                 std::uint32_t mask) {
  std::uint64_t low = addresses[first_lane(mask)];
  std::uint64_t high = low;
  for (; mask != 0; mask &= mask - 1) {
    low = std::min(low, addresses[first_lane(mask)]);
    high = std::max(high, addresses[first_lane(mask)]);
  }
  return {low, high};
}

std::uint32_t width_of(const Instruction& instruction) {
  return std::uint32_t{instruction.element_bytes} * instruction.elements;
}

}  // namespace

MemoryUnit::MemoryUnit(const PtxKernel& kernel, const Launch& launch, const GlobalMemory& memory,
                       Counts& counts)
    : code_(*kernel.code),
      launch_(launch),
      memory_(memory),
      counts_(counts),
      local_bytes_(kernel.local_bytes),
      known_(kernel.code->instructions.size()) {}

void MemoryUnit::access(std::size_t index, std::uint32_t mask, const WarpView& view) {
  const Instruction& instruction = code_.instructions[index];
  LaneAddresses addresses = addresses_of(instruction, view.rows);
  check_alignment(instruction, mask, addresses);
  if (instruction.space != Space::kGeneric) {
    return access_part(index, {instruction.space, mask}, addresses, view);
  }
  const std::uint32_t shared = lanes_in_window(addresses, mask, kSharedWindow);
  const std::uint32_t local = lanes_in_window(addresses, mask, kLocalWindow);
  for (const Part part : {Part{Space::kShared, shared}, Part{Space::kLocal, local},
                          Part{Space::kGlobal, mask & ~shared & ~local}}) {
    if (part.mask == 0) continue;
    LaneAddresses within = addresses;
    if (part.space != Space::kGlobal) {
      for (std::uint64_t& address : within) address &= ~kWindowBits;
    }
    access_part(index, part, within, view);
  }
}

void MemoryUnit::access_part(std::size_t index, Part part, LaneAddresses& addresses,
                             const WarpView& view) {
  const Instruction& instruction = code_.instructions[index];
  Pointers pointers;
  switch (part.space) {
    case Space::kShared:
      find_shared(instruction, part.mask, addresses, view, pointers);
      break;
    case Space::kParameter:
      find_in(launch_.parameters, 0, "parameters", part.mask, width_of(instruction), addresses,
              pointers);
      break;
    case Space::kLocal:
      ++counts_.local_accesses;
      find_in(view.local, local_bytes_, "local memory", part.mask, width_of(instruction), addresses,
              pointers);
      break;
    default:
      find_global(index, part.mask, addresses, pointers);
      count_global(instruction, part.mask, addresses);
  }
  if (instruction.work == Work::kLoad) {
    load_values(instruction, view.rows, part.mask, pointers);
  } else if (instruction.work == Work::kStore) {
    store_values(instruction, view.rows, part.mask, pointers);
  } else {
    change_values(instruction, view.rows, part.mask, pointers, part.space == Space::kGlobal);
  }
}

// "The address must be naturally aligned to a multiple of the access size" (PTX ISA, "Addresses as
// Operands"): of the whole vector.
void MemoryUnit::check_alignment(const Instruction& instruction, std::uint32_t mask,
                                 const LaneAddresses& addresses) const {
  const std::uint64_t low_bits = width_of(instruction) - 1;
  std::uint32_t wrong = 0;
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
    wrong |= (addresses[lane] & low_bits) != 0 ? kLaneBit[lane] : 0;
  }
  wrong &= mask;
  if (wrong == 0) return;
  throw LaneFault(first_lane(wrong), "address " + hexadecimal(addresses[first_lane(wrong)]) +
                                         " is no multiple of the access's " +
                                         std::to_string(low_bits + 1) + " bytes");
}

void MemoryUnit::find_global(std::size_t index, std::uint32_t mask, const LaneAddresses& addresses,
                             Pointers& pointers) {
  const std::size_t width = width_of(code_.instructions[index]);
  const auto [low, high] = range_of(addresses, mask);
  Allocation& known = known_[index];
  const auto begin = reinterpret_cast<std::uint64_t>(known.begin);
  if (low < begin || high - begin + width > known.bytes) {
    for (std::uint32_t rest = mask; rest != 0; rest &= rest - 1) {
      const std::uint32_t lane = first_lane(rest);
      try {
        known = memory_.check(addresses[lane], width);
      } catch (const std::exception& error) {
        throw LaneFault(lane, std::to_string(width) + " bytes of global memory at " +
                                  hexadecimal(addresses[lane]) + ": " + error.what());
      }
    }
  }
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
    pointers[lane] = reinterpret_cast<std::byte*>(addresses[lane]);
  }
}

void MemoryUnit::find_shared(const Instruction& instruction, std::uint32_t mask,
                             const LaneAddresses& addresses, const WarpView& view,
                             Pointers& pointers) {
  const SharedAccess access{view.warp, mask, width_of(instruction), instruction.line};
  if (instruction.work == Work::kLoad) {
    view.shared->note_loads(access, addresses);
  } else if (instruction.work == Work::kStore) {
    view.shared->note_stores(access, addresses);
  } else {
    view.shared->note_atomics(access, addresses);
  }
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
    pointers[lane] = view.shared->data() + ((mask & kLaneBit[lane]) != 0 ? addresses[lane] : 0);
  }
  ++counts_.shared_accesses;
  counts_.shared_bank_conflict_cycles += count_bank_conflicts(addresses, mask, access.bytes);
}

// step: bytes of a lane; 0: all have the same ones.
void MemoryUnit::find_in(std::span<const std::byte> bytes, std::size_t step, const char* name,
                         std::uint32_t mask, std::size_t width, const LaneAddresses& addresses,
                         Pointers& pointers) const {
  const std::size_t size = step == 0 ? bytes.size() : step;
  for (; mask != 0; mask &= mask - 1) {
    const std::uint32_t lane = first_lane(mask);
    if (addresses[lane] >= size || size - addresses[lane] < width) {
      throw LaneFault(lane, "address " + std::to_string(addresses[lane]) + " of " + name +
                                " with " + std::to_string(width) + " bytes: there are " +
                                std::to_string(size));
    }
    pointers[lane] = const_cast<std::byte*>(bytes.data()) + lane * step + addresses[lane];
  }
}

void MemoryUnit::count_global(const Instruction& instruction, std::uint32_t mask,
                              const LaneAddresses& addresses) {
  const std::uint64_t sectors = count_sectors(addresses, mask);
  if (instruction.work == Work::kAtomic) {
    ++counts_.atomics;
    counts_.atomic_sectors += sectors;
    counts_.atomic_lanes += static_cast<std::uint64_t>(std::popcount(mask)) * instruction.elements;
    return;
  }
  counts_.global_sectors += sectors;
  ++(instruction.work == Work::kLoad ? counts_.global_loads : counts_.global_stores);
}

}  // namespace wordfire::emulator
