#include "emulator/ptx_values.h"

#include <bit>
#include <cstring>
#include <type_traits>

#include "emulator/ptx_atomics.h"

namespace wordfire::emulator {
namespace {

template <class Visit>
void each_lane(std::uint32_t mask, Visit visit) {
  if (mask == kAllLanes) {
    for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) visit(lane);
    return;
  }
  for (; mask != 0; mask &= mask - 1) visit(static_cast<std::uint32_t>(std::countr_zero(mask)));
}

// T: in memory, with the sign that it extends. Register: as wide as the register.
template <class T, class Register>
void load_row(Register* row, std::uint32_t mask, const LanePointers& pointers, std::size_t offset) {
  each_lane(mask, [&](std::uint32_t lane) {
    T value;
    std::memcpy(&value, pointers[lane] + offset, sizeof(T));
    row[lane] = static_cast<Register>(value);
  });
}

template <class T>
void load_element(const Instruction& instruction, const Rows& rows, std::uint32_t mask,
                  const LanePointers& pointers, std::size_t element) {
  const Slot to = instruction.to[element];
  const std::size_t offset = element * sizeof(T);
  switch (instruction.register_bytes[element]) {
    case 1:
      return load_row<T>(rows.write<std::uint8_t>(to), mask, pointers, offset);
    case 2:
      return load_row<T>(rows.write<std::uint16_t>(to), mask, pointers, offset);
    case 4:
      return load_row<T>(rows.write<std::uint32_t>(to), mask, pointers, offset);
    default:
      return load_row<T>(rows.write<std::uint64_t>(to), mask, pointers, offset);
  }
}

template <class Signed>
void load_elements(const Instruction& instruction, const Rows& rows, std::uint32_t mask,
                   const LanePointers& pointers) {
  for (std::size_t i = 0; i < instruction.elements; ++i) {
    if (instruction.sign_extended) {
      load_element<Signed>(instruction, rows, mask, pointers, i);
    } else {
      load_element<std::make_unsigned_t<Signed>>(instruction, rows, mask, pointers, i);
    }
  }
}

// The low bytes of registers.
template <std::size_t bytes>
void store_elements(const Instruction& instruction, const Rows& rows, std::uint32_t mask,
                    const LanePointers& pointers) {
  for (std::size_t i = 0; i < instruction.elements; ++i) {
    const auto* const row = rows.read<std::byte>(instruction.from[i]);
    const std::size_t step = instruction.register_bytes[i];
    each_lane(mask, [&](std::uint32_t lane) {
      std::memcpy(pointers[lane] + i * bytes, row + lane * step, bytes);
    });
  }
}

}  // namespace

void load_values(const Instruction& instruction, const Rows& rows, std::uint32_t mask,
                 const LanePointers& pointers) {
  switch (instruction.element_bytes) {
    case 1:
      return load_elements<std::int8_t>(instruction, rows, mask, pointers);
    case 2:
      return load_elements<std::int16_t>(instruction, rows, mask, pointers);
    case 4:
      return load_elements<std::int32_t>(instruction, rows, mask, pointers);
    default:
      return load_elements<std::int64_t>(instruction, rows, mask, pointers);
  }
}

void store_values(const Instruction& instruction, const Rows& rows, std::uint32_t mask,
                  const LanePointers& pointers) {
  switch (instruction.element_bytes) {
    case 1:
      return store_elements<1>(instruction, rows, mask, pointers);
    case 2:
      return store_elements<2>(instruction, rows, mask, pointers);
    case 4:
      return store_elements<4>(instruction, rows, mask, pointers);
    default:
      return store_elements<8>(instruction, rows, mask, pointers);
  }
}

void change_values(const Instruction& instruction, const Rows& rows, std::uint32_t mask,
                   const LanePointers& pointers, bool global) {
  const std::size_t bytes = instruction.element_bytes;
  const bool flushes = global && instruction.flushes_global;
  const auto* const other = rows.read<std::byte>(instruction.from[1]);
  each_lane(mask, [&](std::uint32_t lane) {
    for (std::size_t i = 0; i < instruction.elements; ++i) {
      std::array<std::byte, 8> operand;
      std::array<std::byte, 8> before;
      std::memcpy(operand.data(), rows.read<std::byte>(instruction.from[i]) + lane * bytes, bytes);
      std::byte* const memory = pointers[lane] + i * bytes;
      if (flushes) {
        flush_float(operand.data());
        flush_float(memory);
      }
      instruction.atomic(memory, operand.data(), other + lane * bytes, before.data());
      if (flushes) flush_float(memory);
      if (instruction.has_to) {
        std::memcpy(rows.write<std::byte>(instruction.to[0]) + lane * bytes, before.data(), bytes);
      }
    }
  });
}

}  // namespace wordfire::emulator
