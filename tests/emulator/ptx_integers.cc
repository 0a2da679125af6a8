// Whole numbers, bits and predicates (PTX ISA, sections "Integer Arithmetic Instructions" and
// "Logic and Shift Instructions"). All is computed in unsigned numbers, which wrap around.
#include <bit>
#include <limits>

#include "emulator/ptx_forms.h"
#include "emulator/ptx_lanes.h"

namespace wordfire::emulator {
namespace {

template <class T>
using Unsigned = std::make_unsigned_t<T>;

// Twice as wide.
template <class T>
struct WideOf;
template <>
struct WideOf<std::int16_t> {
  using Type = std::int32_t;
};
template <>
struct WideOf<std::uint16_t> {
  using Type = std::uint32_t;
};
template <>
struct WideOf<std::int32_t> {
  using Type = std::int64_t;
};
template <>
struct WideOf<std::uint32_t> {
  using Type = std::uint64_t;
};
template <>
struct WideOf<std::int64_t> {
  using Type = __int128;
};
template <>
struct WideOf<std::uint64_t> {
  using Type = unsigned __int128;
};
template <class T>
using Wide = typename WideOf<T>::Type;

// Without the promotion of short types to int, whose product may overflow.
template <class T>
T product(T a, T b) {
  return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
template <class T>
T sum(T a, T b) {
  return static_cast<T>(static_cast<Unsigned<T>>(a) + static_cast<Unsigned<T>>(b));
}
template <class T>
Wide<T> wide_product(T a, T b) {
  return static_cast<Wide<T>>(static_cast<Wide<T>>(a) * static_cast<Wide<T>>(b));
}
template <class T>
T high_product(T a, T b) {
  return static_cast<T>(wide_product(a, b) >> (8 * sizeof(T)));
}
// What the GPU gives for a division by zero is not said; all ones here. The least number by -1
// wraps.
template <class T>
T quotient(T a, T b) {
  if (b == 0) return static_cast<T>(~std::uint64_t{0});
  if (std::is_signed_v<T> && b == static_cast<T>(-1)) return static_cast<T>(0 - Unsigned<T>(a));
  return static_cast<T>(a / b);
}
template <class T>
T remainder(T a, T b) {
  if (b == 0) return static_cast<T>(~std::uint64_t{0});
  if (std::is_signed_v<T> && b == static_cast<T>(-1)) return 0;
  return static_cast<T>(a % b);
}
// Shifts by more than the width are shifts by the width.
template <class T>
T shifted_left(T a, std::uint32_t by) {
  return by < 8 * sizeof(T) ? static_cast<T>(static_cast<std::uint64_t>(a) << by) : T{0};
}
template <class T>
T shifted_right(T a, std::uint32_t by) {
  constexpr std::uint32_t kBits = 8 * sizeof(T);
  if (std::is_signed_v<T>) return static_cast<T>(a >> (by < kBits ? by : kBits - 1));
  return by < kBits ? static_cast<T>(a >> by) : T{0};
}

template <class T>
void add_arithmetic(LaneForms& forms, const std::string& type) {
  const auto binary = [&](const std::string& name, auto operation) {
    forms[name + "." + type] = lane_form<T, T, T>(operation, false);
  };
  binary("add", [](T a, T b) { return sum(a, b); });
  binary("sub", [](T a, T b) { return sum(a, static_cast<T>(0 - Unsigned<T>(b))); });
  binary("mul.lo", [](T a, T b) { return product(a, b); });
  binary("mul.hi", [](T a, T b) { return high_product(a, b); });
  binary("div", [](T a, T b) { return quotient(a, b); });
  binary("rem", [](T a, T b) { return remainder(a, b); });
  binary("min", [](T a, T b) { return a < b ? a : b; });
  binary("max", [](T a, T b) { return a < b ? b : a; });
  forms["mad.lo." + type] =
      lane_form<T, T, T, T>([](T a, T b, T c) { return sum(product(a, b), c); }, false);
  forms["shr." + type] = lane_form<T, T, std::uint32_t>(
      [](T a, std::uint32_t by) { return shifted_right(a, by); }, false);
  if constexpr (std::is_signed_v<T>) {
    forms["neg." + type] =
        lane_form<T, T>([](T a) { return static_cast<T>(0 - Unsigned<T>(a)); }, false);
    forms["abs." + type] =
        lane_form<T, T>([](T a) { return a < 0 ? static_cast<T>(0 - Unsigned<T>(a)) : a; }, false);
  }
}

// Not for 64 bits: no register holds the result.
template <class T>
void add_widening(LaneForms& forms, const std::string& type) {
  using W = Wide<T>;
  forms["mul.wide." + type] =
      lane_form<W, T, T>([](T a, T b) { return wide_product(a, b); }, false);
  forms["mad.wide." + type] =
      lane_form<W, T, T, W>([](T a, T b, W c) { return sum<W>(wide_product(a, b), c); }, false);
}

template <class T>
void add_bits(LaneForms& forms, const std::string& type) {
  const auto binary = [&](const std::string& name, auto operation) {
    forms[name + "." + type] = lane_form<T, T, T>(operation, false);
  };
  binary("and", [](T a, T b) { return static_cast<T>(a & b); });
  binary("or", [](T a, T b) { return static_cast<T>(a | b); });
  binary("xor", [](T a, T b) { return static_cast<T>(a ^ b); });
  forms["not." + type] = lane_form<T, T>([](T a) { return static_cast<T>(~a); }, false);
  forms["shl." + type] = lane_form<T, T, std::uint32_t>(
      [](T a, std::uint32_t by) { return shifted_left(a, by); }, false);
  forms["shr." + type] = lane_form<T, T, std::uint32_t>(
      [](T a, std::uint32_t by) { return shifted_right(a, by); }, false);
}

template <class T>
T reversed(T a) {
  T result = 0;
  for (std::size_t bit = 0; bit < 8 * sizeof(T); ++bit) {
    result = static_cast<T>((result << 1) | ((a >> bit) & 1));
  }
  return result;
}

template <class T>
void add_bit_counts(LaneForms& forms, const std::string& type) {
  using Count = std::uint32_t;
  forms["popc." + type] =
      lane_form<Count, T>([](T a) { return static_cast<Count>(std::popcount(a)); }, false);
  forms["clz." + type] =
      lane_form<Count, T>([](T a) { return static_cast<Count>(std::countl_zero(a)); }, false);
  forms["brev." + type] = lane_form<T, T>([](T a) { return reversed(a); }, false);
}

void add_funnel_shifts(LaneForms& forms) {
  using Word = std::uint32_t;
  forms["shf.l.wrap.b32"] = lane_form<Word, Word, Word, Word>(
      [](Word low, Word high, Word by) {
        return static_cast<Word>((std::uint64_t{high} << 32 | low) << (by & 31) >> 32);
      },
      false);
  forms["shf.r.wrap.b32"] = lane_form<Word, Word, Word, Word>(
      [](Word low, Word high, Word by) {
        return static_cast<Word>((std::uint64_t{high} << 32 | low) >> (by & 31));
      },
      false);
}

// Predicates are masks: all lanes at once.
template <class Operation, int operands>
void combine_predicates(const Instruction& instruction, const Rows& rows, std::uint32_t mask) {
  const std::uint32_t a = *rows.read<std::uint32_t>(instruction.from[0]);
  const std::uint32_t b = operands > 1 ? *rows.read<std::uint32_t>(instruction.from[1]) : 0;
  keep_predicate(rows.write<std::uint32_t>(instruction.to[0]), Operation()(a, b), mask);
}

template <int operands, class Operation>
LaneForm predicate_form(Operation /*stateless*/) {
  LaneForm form;
  form.work = combine_predicates<Operation, operands>;
  form.operands = operands;
  return form;
}

void add_predicate_logic(LaneForms& forms) {
  using Mask = std::uint32_t;
  forms["and.pred"] = predicate_form<2>([](Mask a, Mask b) { return a & b; });
  forms["or.pred"] = predicate_form<2>([](Mask a, Mask b) { return a | b; });
  forms["xor.pred"] = predicate_form<2>([](Mask a, Mask b) { return a ^ b; });
  forms["not.pred"] = predicate_form<1>([](Mask a, Mask) { return ~a; });
  forms["mov.pred"] = predicate_form<1>([](Mask a, Mask) { return a; });
}

}  // namespace

void add_integer_forms(LaneForms& forms) {
  add_arithmetic<std::int16_t>(forms, "s16");
  add_arithmetic<std::uint16_t>(forms, "u16");
  add_arithmetic<std::int32_t>(forms, "s32");
  add_arithmetic<std::uint32_t>(forms, "u32");
  add_arithmetic<std::int64_t>(forms, "s64");
  add_arithmetic<std::uint64_t>(forms, "u64");
  add_widening<std::int16_t>(forms, "s16");
  add_widening<std::uint16_t>(forms, "u16");
  add_widening<std::int32_t>(forms, "s32");
  add_widening<std::uint32_t>(forms, "u32");
  add_bits<std::uint16_t>(forms, "b16");
  add_bits<std::uint32_t>(forms, "b32");
  add_bits<std::uint64_t>(forms, "b64");
  add_bit_counts<std::uint32_t>(forms, "b32");
  add_bit_counts<std::uint64_t>(forms, "b64");
  add_funnel_shifts(forms);
  add_predicate_logic(forms);
}

}  // namespace wordfire::emulator
