#include "io/decimal.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <string>

namespace wordfire {
namespace {

std::string ours(float value) {
  char text[kDecimalBytes];
  return {text, write_decimal(value, text)};
}

std::string by_printf(float value) {
  char text[64];
  const int size = std::snprintf(text, sizeof(text), "%.5g", static_cast<double>(value));
  return {text, static_cast<size_t>(size)};
}

TEST(Decimal, ExamplesReadAsPeopleWriteThem) {
  EXPECT_EQ(ours(0.0f), "0");
  EXPECT_EQ(ours(-0.0f), "-0");
  EXPECT_EQ(ours(1.0f), "1");
  EXPECT_EQ(ours(-0.25f), "-0.25");
  EXPECT_EQ(ours(0.123456f), "0.12346");
  EXPECT_EQ(ours(1200.0f), "1200");
  EXPECT_EQ(ours(0.00012f), "0.00012");
  EXPECT_EQ(ours(0.000012f), "1.2e-05");
  EXPECT_EQ(ours(123456.0f), "1.2346e+05");
}

TEST(Decimal, LimitsAndTiesAreRoundedAsByPrintf) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const float limit : {1e-4f, 1e-3f, 1e-2f, 0.1f, 1.0f, 10.0f, 1e2f, 1e3f, 1e4f, 99999.0f,
                            1e5f, 99999.5f, 12345.5f, 12346.5f, 9999.95f, 9.99995e-5f, 0.03125f}) {
    for (const float value :
         {limit, std::nextafter(limit, 0.0f), std::nextafter(limit, kInfinity)}) {
      EXPECT_EQ(ours(value), by_printf(value));
      EXPECT_EQ(ours(-value), by_printf(-value));
    }
  }
  for (const float value : {kInfinity, -kInfinity, std::numeric_limits<float>::denorm_min(),
                            std::numeric_limits<float>::max()}) {
    EXPECT_EQ(ours(value), by_printf(value));
  }
}

TEST(Decimal, AnyBitsAreWrittenAsByPrintf) {
  std::mt19937 random(7);
  for (int i = 0; i < 200'000; ++i) {
    const auto value = std::bit_cast<float>(static_cast<uint32_t>(random()));
    ASSERT_EQ(ours(value), by_printf(value)) << std::hexfloat << value;
  }
}

TEST(Decimal, NumbersLikeVectorsAreWrittenAsByPrintf) {
  std::mt19937 random(11);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  for (int i = 0; i < 200'000; ++i) {
    const float value = uniform(random);
    ASSERT_EQ(ours(value), by_printf(value)) << std::hexfloat << value;
    ASSERT_EQ(ours(value * value * value), by_printf(value * value * value));
    // Eighths with five digits before the point: many ties.
    const float tie = std::trunc(value * 8e5f) / 8;
    ASSERT_EQ(ours(tie), by_printf(tie)) << std::hexfloat << tie;
  }
}

}  // namespace
}  // namespace wordfire
