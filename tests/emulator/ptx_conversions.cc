// cvt and mov between types (PTX ISA, "cvt"). Whole numbers out of range become the nearest that
// there is; what is no number becomes 0, or the number with the highest bit alone where one of the
// types has 64 bits.
#include <cmath>
#include <cstring>
#include <limits>

#include "emulator/ptx_forms.h"
#include "emulator/ptx_lanes.h"

namespace wordfire::emulator {
namespace {

// 2^bits of the type's values, or the first number that is too big for it.
template <class To, class From>
To saturated(From value) {
  using Limits = std::numeric_limits<To>;
  if (value != value) {
    const bool wide = sizeof(From) == 8 || sizeof(To) == 8;
    return wide ? static_cast<To>(std::uint64_t{1} << (8 * sizeof(To) - 1)) : To{0};
  }
  const From end = std::ldexp(From{1}, Limits::digits);
  if (value >= end) return Limits::max();
  if (value <= (Limits::is_signed ? -end : From{0})) return Limits::min();
  return static_cast<To>(value);
}

float clamped(float value) { return value > 0 ? (value < 1 ? value : 1.0F) : 0.0F; }

// Where a register is wider than its type: the low bytes are read, and the result is extended.
template <class Operation, class To, class From>
void convert_into_wider(const Instruction& instruction, const Rows& rows, std::uint32_t mask) {
  const std::size_t from_bytes = instruction.element_bytes;
  const std::size_t to_bytes = instruction.register_bytes[0];
  const auto* const from = rows.read<std::byte>(instruction.from[0]);
  auto* const to = rows.write<std::byte>(instruction.to[0]);
  LaneValues<std::uint64_t> values{};
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
    From value;
    std::memcpy(&value, from + lane * from_bytes, sizeof(From));
    const To result = Operation()(value);
    if constexpr (std::is_integral_v<To>) {
      values[lane] = static_cast<std::uint64_t>(static_cast<std::int64_t>(result));
      if (std::is_unsigned_v<To>) values[lane] = static_cast<std::uint64_t>(result);
    } else {
      std::memcpy(&values[lane], &result, sizeof(To));
    }
  }
  for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
    if ((mask & kLaneBit[lane]) != 0) std::memcpy(to + lane * to_bytes, &values[lane], to_bytes);
  }
}

template <class To, class From, class Operation>
void add_conversion(LaneForms& forms, const std::string& name, Operation operation) {
  constexpr bool kFloats = std::is_floating_point_v<To> || std::is_floating_point_v<From>;
  LaneForm form = lane_form<To, From>(operation, kFloats);
  form.into_wider = convert_into_wider<Operation, To, From>;
  forms["cvt." + name] = form;
}

template <class To, class From>
void add_rounding_to_whole(LaneForms& forms, const std::string& types) {
  add_conversion<To, From>(forms, "rni." + types,
                           [](From a) { return saturated<To>(std::nearbyint(a)); });
  add_conversion<To, From>(forms, "rzi." + types,
                           [](From a) { return saturated<To>(std::trunc(a)); });
  add_conversion<To, From>(forms, "rmi." + types,
                           [](From a) { return saturated<To>(std::floor(a)); });
  add_conversion<To, From>(forms, "rpi." + types,
                           [](From a) { return saturated<To>(std::ceil(a)); });
}

template <class To, class From>
void add_whole(LaneForms& forms, const std::string& to, const std::string& from) {
  add_conversion<To, From>(forms, to + "." + from, [](From a) { return static_cast<To>(a); });
}

template <class T>
void add_type(LaneForms& forms, const std::string& type) {
  add_whole<T, std::int8_t>(forms, type, "s8");
  add_whole<T, std::uint8_t>(forms, type, "u8");
  add_whole<T, std::int16_t>(forms, type, "s16");
  add_whole<T, std::uint16_t>(forms, type, "u16");
  add_whole<T, std::int32_t>(forms, type, "s32");
  add_whole<T, std::uint32_t>(forms, type, "u32");
  add_whole<T, std::int64_t>(forms, type, "s64");
  add_whole<T, std::uint64_t>(forms, type, "u64");
  add_conversion<float, T>(forms, "rn.f32." + type, [](T a) { return static_cast<float>(a); });
  add_conversion<double, T>(forms, "rn.f64." + type, [](T a) { return static_cast<double>(a); });
  add_rounding_to_whole<T, float>(forms, type + ".f32");
  add_rounding_to_whole<T, double>(forms, type + ".f64");
}

template <class T>
void add_whole_floats(LaneForms& forms, const std::string& types) {
  add_conversion<T, T>(forms, "rni." + types, [](T a) { return std::nearbyint(a); });
  add_conversion<T, T>(forms, "rzi." + types, [](T a) { return std::trunc(a); });
  add_conversion<T, T>(forms, "rmi." + types, [](T a) { return std::floor(a); });
  add_conversion<T, T>(forms, "rpi." + types, [](T a) { return std::ceil(a); });
}

}  // namespace

void add_conversions(LaneForms& forms) {
  add_type<std::int8_t>(forms, "s8");
  add_type<std::uint8_t>(forms, "u8");
  add_type<std::int16_t>(forms, "s16");
  add_type<std::uint16_t>(forms, "u16");
  add_type<std::int32_t>(forms, "s32");
  add_type<std::uint32_t>(forms, "u32");
  add_type<std::int64_t>(forms, "s64");
  add_type<std::uint64_t>(forms, "u64");
  add_whole_floats<float>(forms, "f32.f32");
  add_whole_floats<double>(forms, "f64.f64");
  add_conversion<float, float>(forms, "sat.f32.f32", [](float a) { return clamped(a); });
  add_conversion<double, float>(forms, "f64.f32", [](float a) { return static_cast<double>(a); });
  add_conversion<float, double>(forms, "rn.f32.f64",
                                [](double a) { return static_cast<float>(a); });
}

}  // namespace wordfire::emulator
