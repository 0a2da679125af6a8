#include "serve/json_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

namespace wordfire::serve {
namespace {

std::string string_of(std::string_view text) {
  std::string out = "before ";
  append_json_string(text, out);
  return out.substr(7);
}

std::string number_of(float value) {
  std::string out;
  append_json_number(value, out);
  return out;
}

TEST(JsonText, StringsReadBackAsTheyWere) {
  for (const std::string text :
       {"", "__label__Company", "th\u00e9", "\"quoted\" \\ \n\t\r\b\f\x01\x1f\x7f", "\u65e5\u672c",
        "\U0001F600 at the end \U0001F600"}) {
    EXPECT_EQ(nlohmann::json::parse(string_of(text)), text);
  }
  EXPECT_EQ(string_of(std::string_view("a\0b", 3)), R"("a\u0000b")");
  EXPECT_EQ(string_of("a\"b\\c"), R"("a\"b\\c")");
}

TEST(JsonText, BytesThatAreNotUtf8AreReplaced) {
  EXPECT_EQ(string_of("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(string_of("\xC3"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(string_of("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

// The doubles of BlazingText's documentation and of the examples that host fastText's lid.176.
TEST(JsonText, NumbersAreThoseOfBlazingText) {
  EXPECT_EQ(number_of(0.999042272567749f), "0.999042272567749");
  EXPECT_EQ(number_of(0.0007915283786132932f), "0.0007915283786132932");
  EXPECT_EQ(number_of(0.9948582053184509f), "0.9948582053184509");
  EXPECT_EQ(number_of(0.9984669089317322f), "0.9984669089317322");
  EXPECT_EQ(number_of(0.9997219443321228f), "0.9997219443321228");
}

TEST(JsonText, NumbersAreWrittenAsPythonWritesThem) {
  EXPECT_EQ(number_of(0), "0.0");
  EXPECT_EQ(number_of(-0.0f), "-0.0");
  EXPECT_EQ(number_of(1), "1.0");
  EXPECT_EQ(number_of(-2.5f), "-2.5");
  EXPECT_EQ(number_of(9.5367431640625e-07f), "9.5367431640625e-07");
  EXPECT_EQ(number_of(16777216), "16777216.0");
  EXPECT_EQ(number_of(1e20f), "1.0000000200408773e+20");
}

TEST(JsonText, NumbersReadBackAsTheSameFloat) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    const auto bits = static_cast<uint32_t>(random());
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    if (!std::isfinite(value)) continue;
    EXPECT_EQ(std::strtod(number_of(value).c_str(), nullptr), double{value});
  }
}

TEST(JsonText, WhatIsNotFiniteIsNull) {
  EXPECT_EQ(number_of(std::numeric_limits<float>::quiet_NaN()), "null");
  EXPECT_EQ(number_of(-std::numeric_limits<float>::infinity()), "null");
}

}  // namespace
}  // namespace wordfire::serve
