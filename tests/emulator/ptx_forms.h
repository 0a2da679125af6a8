// The instructions that each lane executes for itself in registers, by opcode: add.s32, fma.rn.f32,
// setp.lt.u64, ... (PTX ISA, section "Instruction Set"). An opcode that is not here is unknown.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "emulator/ptx_code.h"

namespace wordfire::emulator {

struct LaneForm {
  LaneWork work = nullptr;
  std::uint8_t to = 0;                 // bytes of a value of the result; 0: a predicate
  std::array<std::uint8_t, 4> from{};  // of the operands
  std::uint8_t operands = 0;
  bool on_floats = false;
  // Of a conversion, where a register is wider than its type; null: it may not be.
  LaneWork into_wider = nullptr;
};

using LaneForms = std::unordered_map<std::string, LaneForm>;

// Null if there is none.
[[nodiscard]] const LaneForm* find_lane_form(const std::string& opcode);

void add_integer_forms(LaneForms& forms);  // ptx_integers.cc
void add_float_forms(LaneForms& forms);    // ptx_floats.cc
void add_comparisons(LaneForms& forms);    // ptx_comparisons.cc
void add_conversions(LaneForms& forms);    // ptx_conversions.cc
void add_address_forms(LaneForms& forms);  // ptx_windows.cc

}  // namespace wordfire::emulator
