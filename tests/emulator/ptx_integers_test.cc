// Every instruction on whole numbers and bits, against C++ in wider numbers.
#include <gtest/gtest.h>

#include "emulator/ptx_arithmetic.h"

namespace wordfire::emulator {
namespace {

__extension__ using Wide = __int128;

template <class T>
constexpr Wide kBits = 8 * sizeof(T);

template <class T>
void expect_arithmetic(const std::string& type) {
  SCOPED_TRACE(type);
  expect_lanes<T, T, T>("add." + type, [](T a, T b) { return T(Wide(a) + b); });
  expect_lanes<T, T, T>("sub." + type, [](T a, T b) { return T(Wide(a) - b); });
  expect_lanes<T, T, T>("mul.lo." + type,
                        [](T a, T b) { return T(std::uint64_t(a) * std::uint64_t(b)); });
  expect_lanes<T, T, T>("min." + type, [](T a, T b) { return std::min(a, b); });
  expect_lanes<T, T, T>("max." + type, [](T a, T b) { return std::max(a, b); });
  expect_lanes<T, T, T, T>("mad.lo." + type, [](T a, T b, T c) {
    return T(std::uint64_t(a) * std::uint64_t(b) + std::uint64_t(c));
  });
  expect_lanes<T, T, T>("div." + type, [](T a, T b) { return b == 0 ? T(-1) : T(Wide(a) / b); });
  expect_lanes<T, T, T>("rem." + type, [](T a, T b) { return b == 0 ? T(-1) : T(Wide(a) % b); });
  expect_lanes<T, T, std::uint32_t>("shr." + type, [](T a, std::uint32_t by) {
    return T(Wide(a) >> std::min<std::uint32_t>(by, 64));
  });
}

TEST(PtxIntegers, Arithmetic) {
  expect_arithmetic<std::int16_t>("s16");
  expect_arithmetic<std::uint16_t>("u16");
  expect_arithmetic<std::int32_t>("s32");
  expect_arithmetic<std::uint32_t>("u32");
  expect_arithmetic<std::int64_t>("s64");
  expect_arithmetic<std::uint64_t>("u64");
}

template <class T>
void expect_signed(const std::string& type) {
  expect_lanes<T, T>("neg." + type, [](T a) { return T(-Wide(a)); });
  expect_lanes<T, T>("abs." + type, [](T a) { return T(a < 0 ? -Wide(a) : a); });
}

TEST(PtxIntegers, Signs) {
  expect_signed<std::int16_t>("s16");
  expect_signed<std::int32_t>("s32");
  expect_signed<std::int64_t>("s64");
}

template <class W, class T>
void expect_wide(const std::string& type) {
  expect_lanes<W, T, T>("mul.wide." + type, [](T a, T b) { return W(Wide(a) * b); });
  expect_lanes<W, T, T, W>("mad.wide." + type, [](T a, T b, W c) { return W(Wide(a) * b + c); });
  expect_lanes<T, T, T>("mul.hi." + type, [](T a, T b) { return T((Wide(a) * b) >> kBits<T>); });
}

TEST(PtxIntegers, WideProducts) {
  expect_wide<std::int32_t, std::int16_t>("s16");
  expect_wide<std::uint32_t, std::uint16_t>("u16");
  expect_wide<std::int64_t, std::int32_t>("s32");
  expect_wide<std::uint64_t, std::uint32_t>("u32");
}

// The schoolbook's way, in halves.
std::uint64_t high_half(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  const std::uint64_t middle = a1 * b0 + (a0 * b0 >> 32);
  return a1 * b1 + (middle >> 32) + ((a0 * b1 + (middle & 0xffffffff)) >> 32);
}

TEST(PtxIntegers, HighHalvesOf64Bits) {
  expect_lanes<std::uint64_t, std::uint64_t, std::uint64_t>("mul.hi.u64", high_half);
  expect_lanes<std::int64_t, std::int64_t, std::int64_t>(
      "mul.hi.s64", [](std::int64_t a, std::int64_t b) {
        const std::uint64_t high = high_half(std::uint64_t(a), std::uint64_t(b));
        return std::int64_t(high - (a < 0 ? std::uint64_t(b) : 0) - (b < 0 ? std::uint64_t(a) : 0));
      });
}

template <class T>
void expect_bits(const std::string& type) {
  SCOPED_TRACE(type);
  using Shift = std::uint32_t;
  expect_lanes<T, T, T>("and." + type, [](T a, T b) { return T(a & b); });
  expect_lanes<T, T, T>("or." + type, [](T a, T b) { return T(a | b); });
  expect_lanes<T, T, T>("xor." + type, [](T a, T b) { return T(a ^ b); });
  expect_lanes<T, T>("not." + type, [](T a) { return T(~a); });
  expect_lanes<T, T>("mov." + type, [](T a) { return a; });
  expect_lanes<T, T, Shift>("shl." + type,
                            [](T a, Shift by) { return T(Wide(a) << std::min<Shift>(by, 64)); });
  expect_lanes<T, T, Shift>("shr." + type,
                            [](T a, Shift by) { return T(Wide(a) >> std::min<Shift>(by, 64)); });
}

TEST(PtxIntegers, Bits) {
  expect_bits<std::uint16_t>("b16");
  expect_bits<std::uint32_t>("b32");
  expect_bits<std::uint64_t>("b64");
}

template <class T>
std::uint32_t ones(T a) {
  std::uint32_t count = 0;
  for (; a != 0; a &= a - 1) ++count;
  return count;
}
template <class T>
std::uint32_t zeros_in_front(T a) {
  std::uint32_t count = 0;
  while (count < 8 * sizeof(T) && (a >> (8 * sizeof(T) - 1 - count)) == 0) ++count;
  return count;
}

TEST(PtxIntegers, CountsOfBits) {
  expect_lanes<std::uint32_t, std::uint32_t>("popc.b32", ones<std::uint32_t>);
  expect_lanes<std::uint32_t, std::uint64_t>("popc.b64", ones<std::uint64_t>);
  expect_lanes<std::uint32_t, std::uint32_t>("clz.b32", zeros_in_front<std::uint32_t>);
  expect_lanes<std::uint32_t, std::uint64_t>("clz.b64", zeros_in_front<std::uint64_t>);
  expect_lanes<std::uint32_t, std::uint32_t>("brev.b32", [](std::uint32_t a) {
    std::uint32_t reversed = 0;
    for (int i = 0; i < 32; ++i) reversed |= (a >> i & 1U) << (31 - i);
    return reversed;
  });
}

TEST(PtxIntegers, FunnelShifts) {
  using Word = std::uint32_t;
  expect_lanes<Word, Word, Word, Word>("shf.l.wrap.b32", [](Word low, Word high, Word by) {
    const Word n = by % 32;
    return n == 0 ? high : high << n | low >> (32 - n);
  });
  expect_lanes<Word, Word, Word, Word>("shf.r.wrap.b32", [](Word low, Word high, Word by) {
    const Word n = by % 32;
    return n == 0 ? low : low >> n | high << (32 - n);
  });
}

}  // namespace
}  // namespace wordfire::emulator
