#include "io/json_rows.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wordfire {
namespace {

using Values = std::vector<std::string>;

struct Parsed {
  Values labels;
  Values texts;
  std::string fault;
};

Parsed parsed(const std::string& line) {
  JsonRow row;
  const std::string padded = line + std::string(JsonRow::kPadding, '}');
  const auto fault =
      row.parse(std::string_view(padded).substr(0, line.size()), {"label"}, {"title", "text"});
  if (fault) return {{}, {}, fault->what};
  return {{row.labels().begin(), row.labels().end()}, {row.texts().begin(), row.texts().end()}, ""};
}

Values labels_of(const std::string& value) {
  return parsed(R"({"title":"","text":"","label":)" + value + "}\n").labels;
}

std::string fault_of(const std::string& line) { return parsed(line).fault; }

TEST(JsonRow, ColumnsComeInTheOrderAskedFor) {
  const Parsed row = parsed(R"({"text": "b", "other": [{}], "label": "x", "title": "a"})");
  EXPECT_EQ(row.labels, (Values{"x"}));
  EXPECT_EQ(row.texts, (Values{"a", "b"}));
}

TEST(JsonRow, LabelsOfEveryScalarType) {
  EXPECT_EQ(labels_of("\"a b\""), (Values{"a b"}));
  EXPECT_EQ(labels_of("5"), (Values{"5"}));
  EXPECT_EQ(labels_of("-3"), (Values{"-3"}));
  EXPECT_EQ(labels_of("18446744073709551615"), (Values{"18446744073709551615"}));
  EXPECT_EQ(labels_of("0.1"), (Values{"0.1"}));
  EXPECT_EQ(labels_of("true"), (Values{"true"}));
  EXPECT_EQ(labels_of("null"), Values());
}

TEST(JsonRow, ListIsSeveralLabels) {
  EXPECT_EQ(labels_of(R"(["a", 2, false, null, ""])"), (Values{"a", "2", "false", ""}));
  EXPECT_EQ(labels_of("[]"), Values());
}

TEST(JsonRow, ManyNumbersKeepTheirText) {
  std::string list = "[0";
  for (int i = 1; i < 1000; ++i) list += ',' + std::to_string(i);
  const Values labels = labels_of(list + ']');
  ASSERT_EQ(labels.size(), 1000u);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(labels[i], std::to_string(i));
}

TEST(JsonRow, EscapesAndSurrogatePairs) {
  EXPECT_EQ(labels_of(R"("a\"\\\/\n\tb")"), (Values{"a\"\\/\n\tb"}));
  EXPECT_EQ(labels_of(R"("\u00e4\ud83d\ude00")"), (Values{"ä😀"}));
}

TEST(JsonRow, LoneSurrogatesAreFaults) {
  EXPECT_NE(fault_of(R"({"label":"\ud83d","title":"","text":""})"), "");
  EXPECT_NE(fault_of(R"({"label":"\ud83dx","title":"","text":""})"), "");
}

TEST(JsonRow, BytesThatAreNotUtf8AreFaultsWithTheirPlace) {
  EXPECT_EQ(fault_of("{\"label\":\"\xE4\",\"title\":\"\",\"text\":\"\"}").substr(0, 37),
            "byte 10 of the line, 0xe4, is not UTF");
}

TEST(JsonRow, MissingColumnIsNamed) {
  EXPECT_EQ(fault_of(R"({"label": "x", "text": "b"})"),
            "no column \"title\"; the line has \"label\", \"text\"");
  EXPECT_EQ(fault_of("{}"), "no column \"label\"; the line has nothing");
}

TEST(JsonRow, NestedValuesAreFaults) {
  EXPECT_NE(fault_of(R"({"label": {}, "title": "", "text": ""})")
                .find("column \"label\" holds an object"),
            std::string::npos);
  EXPECT_NE(fault_of(R"({"label": [[1]], "title": "", "text": ""})"), "");
}

TEST(JsonRow, WhatIsNoObjectIsAFault) {
  for (const char* line :
       {"[1]", "5", "\"x\"", "null", "x", "{", "{\"label\":1,}", "{} {}", "{\"a\":NaN}", ""}) {
    EXPECT_NE(fault_of(line), "") << line;
  }
  EXPECT_NE(fault_of(std::string(100000, '[')), "");
}

TEST(JsonRow, IsUsableAfterAFault) {
  JsonRow row;
  const std::string padded = R"({"a":"x"})" + std::string(JsonRow::kPadding, ' ');
  EXPECT_TRUE(row.parse(std::string_view(padded).substr(0, 5), {"a"}, {"a"}));
  EXPECT_FALSE(row.parse(std::string_view(padded).substr(0, 9), {"a"}, {"a"}));
  EXPECT_EQ(row.labels()[0], "x");
}

}  // namespace
}  // namespace wordfire
