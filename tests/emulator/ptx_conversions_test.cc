// Every cvt, and mov between registers and vectors.
#include <gtest/gtest.h>

#include <cfenv>

#include "emulator/ptx_arithmetic.h"

namespace wordfire::emulator {
namespace {

template <class T>
std::string type_name() {
  const char* const kind = std::is_floating_point_v<T> ? "f" : std::is_signed_v<T> ? "s" : "u";
  return kind + std::to_string(8 * sizeof(T));
}

// The nearest whole number that there is.
template <class To, class From>
To whole(From value) {
  if (std::isnan(value)) {
    if (sizeof(To) < 8 && sizeof(From) < 8) return 0;
    return std::is_signed_v<To> ? std::numeric_limits<To>::min() : To(To(~To{0}) / 2 + 1);
  }
  const auto number = static_cast<long double>(value);  // has 64 bits
  const long double low = std::numeric_limits<To>::min();
  const long double high = std::numeric_limits<To>::max();
  return number < low    ? std::numeric_limits<To>::min()
         : number > high ? std::numeric_limits<To>::max()
                         : static_cast<To>(number);
}

template <class To, class From>
void expect_cvt() {
  const std::string types = type_name<To>() + "." + type_name<From>();
  if constexpr (std::is_floating_point_v<From>) {
    expect_lanes<To, From>("cvt.rzi." + types, [](From a) { return whole<To>(std::trunc(a)); });
    expect_lanes<To, From>("cvt.rni." + types, [](From a) { return whole<To>(std::nearbyint(a)); });
    expect_lanes<To, From>("cvt.rmi." + types, [](From a) { return whole<To>(std::floor(a)); });
    expect_lanes<To, From>("cvt.rpi." + types, [](From a) { return whole<To>(std::ceil(a)); });
  } else if constexpr (std::is_floating_point_v<To>) {
    expect_lanes<To, From>("cvt.rn." + types, [](From a) { return To(a); });
  } else {
    expect_lanes<To, From>("cvt." + types, [](From a) { return To(a); });
  }
}

template <class T>
void expect_all_to() {
  SCOPED_TRACE(type_name<T>());
  expect_cvt<T, std::int8_t>();
  expect_cvt<T, std::uint8_t>();
  expect_cvt<T, std::int16_t>();
  expect_cvt<T, std::uint16_t>();
  expect_cvt<T, std::int32_t>();
  expect_cvt<T, std::uint32_t>();
  expect_cvt<T, std::int64_t>();
  expect_cvt<T, std::uint64_t>();
}

TEST(PtxConversions, WholeNumbers) {
  expect_all_to<std::int8_t>();
  expect_all_to<std::uint8_t>();
  expect_all_to<std::int16_t>();
  expect_all_to<std::uint16_t>();
  expect_all_to<std::int32_t>();
  expect_all_to<std::uint32_t>();
  expect_all_to<std::int64_t>();
  expect_all_to<std::uint64_t>();
}

TEST(PtxConversions, WholeNumbersToFloats) {
  expect_all_to<float>();
  expect_all_to<double>();
}

template <class From>
void expect_all_from() {
  SCOPED_TRACE(type_name<From>());
  expect_cvt<std::int8_t, From>();
  expect_cvt<std::uint8_t, From>();
  expect_cvt<std::int16_t, From>();
  expect_cvt<std::uint16_t, From>();
  expect_cvt<std::int32_t, From>();
  expect_cvt<std::uint32_t, From>();
  expect_cvt<std::int64_t, From>();
  expect_cvt<std::uint64_t, From>();
}

TEST(PtxConversions, FloatsToWholeNumbers) {
  expect_all_from<float>();
  expect_all_from<double>();
}

TEST(PtxConversions, FloatsToFloats) {
  expect_lanes<double, float>("cvt.f64.f32", [](float a) { return double(a); });
  expect_lanes<float, double>("cvt.rn.f32.f64", [](double a) { return float(a); });
  expect_lanes<float, float>("cvt.rzi.f32.f32", [](float a) { return std::trunc(a); });
  expect_lanes<double, double>("cvt.rmi.f64.f64", [](double a) { return std::floor(a); });
  expect_lanes<float, float>("cvt.sat.f32.f32", [](float a) {
    return std::isnan(a) ? 0.0F : std::fmin(std::fmax(a, 0.0F), 1.0F) + 0.0F;
  });
}

// Sign or zeros above the type, where the register is wider.
TEST(PtxConversions, IntoWiderRegisters) {
  TestKernel kernel(
      "mov.u32 %r1, 511;\ncvt.s8.u32 %r2, %r1;\ncvt.u8.u32 %h1, %r1;\ncvt.u32.u16 %r3, %h1;\n"
      "mov.u64 %d1, -2;\ncvt.s64.s8 %d2, %d1;\ncvt.u64.u16 %d3, %d1;\n"
      "st.global.u32 [%data], %r2;\nst.global.u32 [%data+4], %r3;\n"
      "st.global.u64 [%data+8], %d2;\nst.global.u64 [%data+16], %d3;\nret;");
  std::vector<std::uint32_t> data(6);
  kernel.launch.block = {1, 1, 1};
  kernel.run(data);
  EXPECT_EQ(data, (std::vector<std::uint32_t>{~0U, 255, ~1U, ~0U, 0xfffe, 0}));
}

TEST(PtxConversions, PartsOfARegister) {
  TestKernel kernel(
      "mov.u64 %d1, 0x1122334455667788;\nmov.b64 {%r1, %r2}, %d1;\nmov.b32 {%h1, %h2}, %r1;\n"
      "mov.b32 %r3, {%h2, %h1};\nmov.b64 %d2, {%r2, %r3};\n"
      "st.global.u32 [%data], %r1;\nst.global.u32 [%data+4], %r2;\nst.global.u64 [%data+8], "
      "%d2;\nret;");
  std::vector<std::uint32_t> data(4);
  kernel.launch.block = {1, 1, 1};
  kernel.run(data);
  EXPECT_EQ(data, (std::vector<std::uint32_t>{0x55667788, 0x11223344, 0x11223344, 0x77885566}));
}

}  // namespace
}  // namespace wordfire::emulator
