// For tests of single instructions: one kernel that applies it to many values, compared with what a
// function of C++ gives.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "emulator/ptx_kernel.h"

namespace wordfire::emulator {

// Operands of one launch, each tuple for a thread; the second launch has random ones.
inline constexpr std::size_t kTuples = 1024;

template <class T>
std::uint64_t bits_of(T value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  return bits;
}
template <class T>
T from_bits(std::uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}

// Those where errors hide. Every two of the first kPairs meet.
inline constexpr std::size_t kPairs = 32;
template <class T>
std::vector<T> special_values() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> values{0, 1, 2, Limits::max(), Limits::lowest()};
  if constexpr (std::is_signed_v<T>) values.insert(values.end(), {T(-1), T(-2), T(-33)});
  if constexpr (std::is_floating_point_v<T>) {
    const T big = std::ldexp(T{1}, 31);
    values.insert(values.end(), {-T{0},
                                 T(0.5),
                                 T(-0.5),
                                 T(1.5),
                                 T(2.5),
                                 T(-2.5),
                                 Limits::infinity(),
                                 -Limits::infinity(),
                                 Limits::quiet_NaN(),
                                 Limits::denorm_min(),
                                 -Limits::denorm_min(),
                                 Limits::min(),
                                 Limits::min() / 2,
                                 Limits::epsilon(),
                                 big,
                                 -big,
                                 std::nextafter(big, T{0}),
                                 big * big * 2,
                                 -big * big * 2,
                                 T(254.5),
                                 T(-128.5),
                                 T(65535.5),
                                 T(1e-40),
                                 T(1.0000001)});
  }
  values.insert(values.end(), {3, 31, 32, 33, 63, 64, 100});
  return values;
}

// The first kTuples: pairs of special values, the first operand counting fastest.
template <class T>
T value_of(std::size_t tuple, std::size_t operand, std::mt19937_64& random) {
  static const std::vector<T> special = special_values<T>();
  if (tuple < kTuples) {
    const std::size_t digit = operand == 0 ? tuple : operand == 1 ? tuple / kPairs : tuple * 7;
    return special[digit % kPairs % special.size()];
  }
  switch (random() % 4) {
    case 0:
      return special[random() % special.size()];
    case 1:
      if constexpr (std::is_floating_point_v<T>) {
        return static_cast<T>(std::normal_distribution<double>(0, 100)(random));
      }
      return static_cast<T>(random() % 200);
    default:
      return from_bits<T>(random());
  }
}

// The operands of one tuple, in their order.
struct OperandsOf {
  std::size_t tuple;
  std::mt19937_64& random;
  std::size_t taken = 0;

  template <class T>
  T next() {
    return value_of<T>(tuple, taken++, random);
  }
};

inline std::string register_name(std::size_t bytes, std::size_t number) {
  const char* const name = bytes == 2 ? "%h" : bytes == 4 ? "%r" : "%d";
  return name + std::to_string(number);
}

// The kernel's text: thread t takes its operands from data[t * (operands + 1)] on and leaves its
// result behind them.
inline std::string tuple_kernel(const std::string& opcode, std::size_t to,
                                const std::vector<std::size_t>& from) {
  const std::size_t words = from.size() + 1;
  std::string text =
      "mul.wide.u32 %d31, %lane, " + std::to_string(8 * words) + ";\nadd.s64 %d31, %data, %d31;\n";
  std::string operands = register_name(std::max<std::size_t>(to, 2), 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::string name = register_name(std::max<std::size_t>(from[i], 2), i + 1);
    text += "ld.global.u" + std::to_string(8 * from[i]) + " " + name + ", [%d31+" +
            std::to_string(8 * i) + "];\n";
    operands += ", " + name;
  }
  if (opcode.starts_with("setp.")) {  // 1 or 0
    return text + opcode + " %p1" + operands.substr(operands.find(',')) +
           ";\nselp.u32 %r0, 1, 0, %p1;\nst.global.u32 [%d31+" + std::to_string(8 * from.size()) +
           "], %r0;\nret;";
  }
  return text + opcode + " " + operands + ";\nst.global.b" + std::to_string(8 * to) + " [%d31+" +
         std::to_string(8 * from.size()) + "], " + register_name(std::max<std::size_t>(to, 2), 0) +
         ";\nret;";
}

inline bool is_nan_of(std::uint64_t bits, std::size_t bytes) {
  return bytes == 4 ? std::isnan(from_bits<float>(bits)) : std::isnan(from_bits<double>(bits));
}

// One launch on the tuples [first, first + kTuples).
template <class To, class... From>
void expect_tuples(const std::string& opcode, To (*want)(From...), std::size_t first) {
  TestKernel kernel(tuple_kernel(opcode, sizeof(To), {sizeof(From)...}));
  kernel.launch.block = {kTuples, 1, 1};
  std::mt19937_64 random(7);
  std::vector<std::uint64_t> data;
  std::vector<std::uint64_t> results;
  for (std::size_t t = 0; t < kTuples; ++t) {
    OperandsOf operands{first + t, random};
    const std::tuple<From...> values{operands.template next<From>()...};
    std::apply([&](auto... value) { (data.push_back(bits_of(value)), ...); }, values);
    data.push_back(0);
    results.push_back(bits_of(std::apply(want, values)));
  }
  kernel.run(data);
  constexpr std::size_t kWords = sizeof...(From) + 1;
  for (std::size_t t = 0; t < kTuples; ++t) {
    const std::uint64_t got = data[t * kWords + kWords - 1];
    const bool nans = std::is_floating_point_v<To> && is_nan_of(got, sizeof(To)) &&
                      is_nan_of(results[t], sizeof(To));
    if (got == results[t] || nans) continue;
    std::string bits;
    for (std::size_t i = 0; i + 1 < kWords; ++i) {
      bits += " " + std::to_string(data[t * kWords + i]);
    }
    ADD_FAILURE() << opcode << std::hex << " got 0x" << got << ", want 0x" << results[t]
                  << "; bits of the operands:" << bits;
    return;
  }
}

// `opcode` must give what want(values...) does, for special and for random values. All NaNs are
// alike.
template <class To, class... From>
void expect_lanes(const std::string& opcode, std::type_identity_t<To (*)(From...)> want) {
  expect_tuples<To, From...>(opcode, want, 0);
  expect_tuples<To, From...>(opcode, want, kTuples);
}

}  // namespace wordfire::emulator
