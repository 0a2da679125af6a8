#include "emulator/ptx_packing.h"

#include "emulator/ptx_lanes.h"

namespace wordfire::emulator {
namespace {

// The first part is the low one.
template <class Whole, class Part>
void unpack_lanes(const Instruction& instruction, const Rows& rows, std::uint32_t mask) {
  const Whole* const whole = rows.read<Whole>(instruction.from[0]);
  for (std::size_t i = 0; i < sizeof(Whole) / sizeof(Part); ++i) {
    LaneValues<Part> values;
    for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
      values[lane] = static_cast<Part>(whole[lane] >> (8 * sizeof(Part) * i));
    }
    keep(rows.write<Part>(instruction.to[i]), values, mask);
  }
}

template <class Whole, class Part>
void pack_lanes(const Instruction& instruction, const Rows& rows, std::uint32_t mask) {
  LaneValues<Whole> values{};
  for (std::size_t i = 0; i < sizeof(Whole) / sizeof(Part); ++i) {
    const Part* const part = rows.read<Part>(instruction.from[i]);
    for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
      values[lane] |= static_cast<Whole>(static_cast<Whole>(part[lane]) << (8 * sizeof(Part) * i));
    }
  }
  keep(rows.write<Whole>(instruction.to[0]), values, mask);
}

template <class Whole, class Part>
PackForm form_of(bool unpack) {
  return {unpack ? unpack_lanes<Whole, Part> : pack_lanes<Whole, Part>, sizeof(Whole), sizeof(Part),
          sizeof(Whole) / sizeof(Part)};
}

}  // namespace

PackForm find_pack_form(std::string_view opcode, bool unpack) {
  if (opcode == "mov.b64") return form_of<std::uint64_t, std::uint32_t>(unpack);
  if (opcode == "mov.b32") return form_of<std::uint32_t, std::uint16_t>(unpack);
  return {};
}

}  // namespace wordfire::emulator
