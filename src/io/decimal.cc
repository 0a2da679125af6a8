#include "io/decimal.h"

#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace wordfire {
namespace {

constexpr int kDigits = 5;
constexpr double kPowers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};

// The decimal exponent of 1e-4 <= a < 1e5. No float lies between 1e-4 and the double next to it, so
// rounded limits decide rightly.
int exponent_of(double a) {
  if (a >= 1) return a < 1e2 ? (a < 1e1 ? 0 : 1) : (a < 1e3 ? 2 : (a < 1e4 ? 3 : 4));
  return a >= 1e-2 ? (a >= 1e-1 ? -1 : -2) : (a >= 1e-3 ? -3 : -4);
}

// Rounds to the nearest integer, ties to even, for 0 <= a < 2^31: the sum has no room for
// fractions.
uint32_t round_to_integer(double a) {
  return static_cast<uint32_t>(std::bit_cast<uint64_t>(a + 0x1p52));
}

// digits: 10000 to 99999, the number's first five; its value lies in [10^exponent, 10^(exponent +
// 1)). Zeros at the end of a fraction are not written.
char* write_fixed(uint32_t digits, int exponent, char* out) {
  char text[kDigits];
  for (int i = kDigits - 1; i >= 0; --i, digits /= 10)
    text[i] = static_cast<char>('0' + digits % 10);
  int size = kDigits;
  while (size > 1 && text[size - 1] == '0') --size;
  const int whole = exponent + 1;  // digits before the point
  if (whole <= 0) {
    std::string_view("0.000").copy(out, 5);
    out += 2 - whole;
    std::memcpy(out, text, static_cast<size_t>(size));
    return out + size;
  }
  std::memcpy(out, text, static_cast<size_t>(whole));
  out += whole;
  if (size <= whole) return out;
  *out++ = '.';
  std::memcpy(out, text + whole, static_cast<size_t>(size - whole));
  return out + size - whole;
}

}  // namespace

char* write_decimal(float value, char* out) {
  const double a = value < 0 ? -double{value} : double{value};
  if (!(a >= 1e-4 && a < 99999)) {
    return std::to_chars(out, out + kDecimalBytes, value, std::chars_format::general, kDigits).ptr;
  }
  if (value < 0) *out++ = '-';
  // Exact: a float has 24 bits, and 10^8 adds 19 to them and a shift; a double has 53.
  int exponent = exponent_of(a);
  uint32_t digits = round_to_integer(a * kPowers[kDigits - 1 - exponent]);
  if (digits == 100000) {
    digits = 10000;
    ++exponent;
  }
  return write_fixed(digits, exponent, out);
}

}  // namespace wordfire
