// Every instruction on floats: against the processor's own arithmetic, rounded as it can be told
// to.
#include <gtest/gtest.h>

#include <cfenv>

#include "emulator/ptx_arithmetic.h"

namespace wordfire::emulator {
namespace {

template <class T>
void expect_basic(const std::string& type) {
  SCOPED_TRACE(type);
  expect_lanes<T, T, T>("add." + type, [](T a, T b) { return a + b; });
  expect_lanes<T, T, T>("add.rn." + type, [](T a, T b) { return a + b; });
  expect_lanes<T, T, T>("sub." + type, [](T a, T b) { return a - b; });
  expect_lanes<T, T, T>("mul." + type, [](T a, T b) { return a * b; });
  expect_lanes<T, T, T>("mul.rn." + type, [](T a, T b) { return a * b; });
  expect_lanes<T, T, T>("div.rn." + type, [](T a, T b) { return a / b; });
  expect_lanes<T, T>("rcp.rn." + type, [](T a) { return 1 / a; });
  expect_lanes<T, T>("sqrt.rn." + type, [](T a) { return std::sqrt(a); });
  expect_lanes<T, T>("neg." + type, [](T a) { return -a; });
  expect_lanes<T, T>("abs." + type, [](T a) { return std::abs(a); });
  expect_lanes<T, T, T>("copysign." + type, [](T a, T b) { return std::copysign(b, a); });
  expect_lanes<T, T, T, T>("fma.rn." + type, [](T a, T b, T c) { return std::fma(a, b, c); });
}

TEST(PtxFloats, Arithmetic) {
  expect_basic<float>("f32");
  expect_basic<double>("f64");
}

// A number if there is one, and of zeros the one with the sign.
template <class T>
T least(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) ? b : a;
  if (a == 0 && b == 0) return std::signbit(a) || std::signbit(b) ? -T{0} : T{0};
  return b < a ? b : a;
}
template <class T>
T greatest(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) ? b : a;
  if (a == 0 && b == 0) return std::signbit(a) && std::signbit(b) ? -T{0} : T{0};
  return b > a ? b : a;
}

TEST(PtxFloats, LeastAndGreatest) {
  expect_lanes<float, float, float>("min.f32", least<float>);
  expect_lanes<float, float, float>("max.f32", greatest<float>);
  expect_lanes<double, double, double>("min.f64", least<double>);
  expect_lanes<double, double, double>("max.f64", greatest<double>);
}

class Rounding {
 public:
  explicit Rounding(int mode) { std::fesetround(mode); }
  ~Rounding() { std::fesetround(FE_TONEAREST); }
};

// volatile: what is computed here must not be computed by the compiler, or elsewhere.
float sum_rounded(float a, float b, int mode) {
  const Rounding rounding(mode);
  volatile float x = a;
  volatile float y = b;
  volatile float sum = x + y;
  return sum;
}
float fma_rounded(float a, float b, float c, int mode) {
  const Rounding rounding(mode);
  volatile float x = a;
  volatile float result = std::fma(x, b, c);
  return result;
}

TEST(PtxFloats, DirectedRounding) {
  expect_lanes<float, float, float>(
      "add.rz.f32", [](float a, float b) { return sum_rounded(a, b, FE_TOWARDZERO); });
  expect_lanes<float, float, float>(
      "add.rm.f32", [](float a, float b) { return sum_rounded(a, b, FE_DOWNWARD); });
  expect_lanes<float, float, float, float>(
      "fma.rm.f32", [](float a, float b, float c) { return fma_rounded(a, b, c, FE_DOWNWARD); });
}

float flushed(float a) { return std::fpclassify(a) == FP_SUBNORMAL ? std::copysign(0.0F, a) : a; }

TEST(PtxFloats, ExponentialsAndLogarithms) {
  expect_lanes<float, float>("ex2.approx.f32", [](float a) { return std::exp2(a); });
  expect_lanes<float, float>("ex2.approx.ftz.f32",
                             [](float a) { return flushed(std::exp2(flushed(a))); });
  expect_lanes<float, float>("lg2.approx.f32", [](float a) { return std::log2(a); });
  expect_lanes<float, float>("lg2.approx.ftz.f32", [](float a) { return std::log2(flushed(a)); });
  expect_lanes<float, float>("sqrt.approx.f32", [](float a) { return std::sqrt(a); });
  expect_lanes<float, float>("rsqrt.approx.f32", [](float a) { return 1 / std::sqrt(a); });
}

TEST(PtxFloats, ApproximateQuotients) {
  expect_lanes<float, float>("rcp.approx.ftz.f32", [](float a) { return flushed(1 / flushed(a)); });
  expect_lanes<float, float, float>("div.approx.f32", [](float a, float b) { return a / b; });
  expect_lanes<float, float, float>("div.full.f32", [](float a, float b) { return a / b; });
}

// A GPU has one NaN of 32 bits.
TEST(PtxFloats, NansAreCanonical) {
  TestKernel kernel(tuple_kernel("add.f32", 4, {4, 4}));
  std::vector<std::uint64_t> data(3 * 32, 0xffc12345);
  kernel.run(data);
  EXPECT_EQ(static_cast<std::uint32_t>(data[2]), 0x7fffffffU);
}

}  // namespace
}  // namespace wordfire::emulator
