#include "io/csv_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wordfire {
namespace {

using Row = std::vector<std::string>;

constexpr CsvDialect kCsv = {',', true};
constexpr CsvDialect kTsv = {'\t', false};

std::optional<RowFault> fault_of(std::string_view record, CsvDialect dialect = kCsv) {
  return CsvFields().parse(record, dialect);
}

Row fields_of(std::string_view record, CsvDialect dialect = kCsv) {
  CsvFields fields;
  const auto fault = fields.parse(record, dialect);
  EXPECT_FALSE(fault) << fault->what;
  return {fields.values().begin(), fields.values().end()};
}

TEST(CsvFields, PlainAndEmptyFields) {
  EXPECT_EQ(fields_of("a,b,c\n"), (Row{"a", "b", "c"}));
  EXPECT_EQ(fields_of("a,,\n"), (Row{"a", "", ""}));
  EXPECT_EQ(fields_of(""), (Row{""}));
  EXPECT_EQ(fields_of(","), (Row{"", ""}));
}

TEST(CsvFields, QuotedFields) {
  EXPECT_EQ(fields_of("1,\"a, b\",\"\"\n"), (Row{"1", "a, b", ""}));
  EXPECT_EQ(fields_of("\"a\nb\r\nc\",d"), (Row{"a\nb\r\nc", "d"}));
  EXPECT_EQ(fields_of("\"say \"\"hi\"\"\",\"\"\"\""), (Row{"say \"hi\"", "\""}));
}

TEST(CsvFields, LineEnds) {
  EXPECT_EQ(fields_of("a,b\r\n"), (Row{"a", "b"}));
  EXPECT_EQ(fields_of("a,\"b\"\r\n"), (Row{"a", "b"}));
  EXPECT_EQ(fields_of("a\rb,c"), (Row{"a\rb", "c"}));
}

TEST(CsvFields, QuoteInsideAnUnquotedFieldIsOrdinary) {
  EXPECT_EQ(fields_of("a\"b\",5\" disk\n"), (Row{"a\"b\"", "5\" disk"}));
}

TEST(CsvFields, NulAndOtherBytesAreData) {
  const std::string record("a\0b,\xFF\x01", 6);
  EXPECT_EQ(fields_of(record), (Row{std::string("a\0b", 3), "\xFF\x01"}));
}

TEST(CsvFields, TextBehindAClosingQuoteIsAFaultAtItsByte) {
  const auto fault = fault_of("a,\"b\"c,d\n");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->byte, 5u);
}

TEST(CsvFields, OpenQuoteIsAFaultAtItsByte) {
  const auto fault = fault_of("a,\"b");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->byte, 2u);
}

TEST(CsvFields, FieldLimit) {
  const std::string long_field(kMaxFieldBytes, 'x');
  EXPECT_EQ(fields_of("a," + long_field)[1].size(), kMaxFieldBytes);
  EXPECT_EQ(fault_of("a," + long_field + "x")->byte, 2u);
  EXPECT_EQ(fault_of("a,\"" + std::string(20 << 20, 'x') + "\"")->byte, 2u);
}

TEST(CsvFields, WithoutQuotesEveryQuoteIsOrdinary) {
  EXPECT_EQ(fields_of("\"a\t\"b\" c\td\n", kTsv), (Row{"\"a", "\"b\" c", "d"}));
}

TEST(CsvFields, ViewsOfManyDoubledQuotesStayValid) {
  std::string record;
  for (int i = 0; i < 1000; ++i) record += R"(""")" + std::to_string(i) + R"(""",)";
  const Row row = fields_of(record);
  ASSERT_EQ(row.size(), 1001u);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(row[i], '"' + std::to_string(i) + '"');
}

TEST(RecordEnd, IsBehindTheLineFeed) {
  EXPECT_EQ(find_record_end("a,b\nc\n", kCsv).end, 4u);
  EXPECT_EQ(find_record_end("\n", kCsv).end, 1u);
  EXPECT_EQ(find_record_end("a,b\r\nc", kCsv).end, 5u);
}

TEST(RecordEnd, LineFeedsInQuotedFieldsDoNotEndIt) {
  EXPECT_EQ(find_record_end("a,\"b\n\"\"\nc\",d\ne\n", kCsv).end, 13u);
  EXPECT_EQ(find_record_end("a,\"b\nc\n", kTsv).end, 5u);
}

TEST(RecordEnd, StrayQuotesDoNotOpenAField) {
  EXPECT_EQ(find_record_end("a,5\" disk\nb\"\n", kCsv).end, 10u);
}

TEST(RecordEnd, NamesTheOpenQuote) {
  const RecordEnd found = find_record_end("a,\"b\nc,d\n", kCsv);
  EXPECT_EQ(found.end, RecordEnd::kNone);
  EXPECT_EQ(found.open_quote, 2u);
}

TEST(RecordEnd, IsUnknownWhileTheTextGoesOn) {
  for (const std::string_view text : {"", "a", "a,", "\"a\"", R"("a""")", R"("a",b)"}) {
    const RecordEnd found = find_record_end(text, kCsv);
    EXPECT_EQ(found.end, RecordEnd::kNone) << text;
    EXPECT_EQ(found.open_quote, RecordEnd::kNone) << text;
  }
}

// Whatever the bytes: a record that find_record_end() cuts has the same end when more text follows,
// and taking it apart reads none of that.
TEST(RecordEnd, DoesNotDependOnWhatFollows) {
  const std::string_view alphabet = "a,\"\n\r";
  std::string text(7, 'a');
  for (int code = 0; code < 78125; ++code) {
    for (int i = 0, rest = code; i < 7; ++i, rest /= 5) text[i] = alphabet[rest % 5];
    const size_t end = find_record_end(text, kCsv).end;
    if (end == RecordEnd::kNone) continue;
    ASSERT_EQ(find_record_end(text.substr(0, end), kCsv).end, end) << text;
    ASSERT_EQ(find_record_end(text + "\"x", kCsv).end, end) << text;
  }
}

}  // namespace
}  // namespace wordfire
