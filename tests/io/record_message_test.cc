#include "io/record_message.h"

#include <cmath>
#include <cstring>

#include "tests/io/folder_fixture.h"
#include "tests/io/memory_source.h"

namespace wordfire {
namespace {

// Bytes of protobuf, written by hand so that they do not depend on the code under test.
std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
std::string field(unsigned number, const std::string& bytes) {
  return varint(number << 3 | 2) + varint(bytes.size()) + bytes;
}
std::string entry(unsigned map, const std::string& name, const std::string& value) {
  return field(map, field(1, name) + field(2, value));
}
std::string bytes_value(const std::vector<std::string>& elements) {
  std::string value;
  for (const std::string& element : elements) value += field(1, element);
  return field(9, value);
}
template <typename Number>
std::string packed(const std::vector<Number>& numbers) {
  std::string bytes(numbers.size() * sizeof(Number), '\0');
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}
std::string text_feature(const std::string& text, const std::string& name = "values") {
  return entry(1, name, bytes_value({text}));
}
std::string label(const std::string& value) { return entry(2, "values", value); }
std::string integers(const std::string& packed_values) { return field(7, field(1, packed_values)); }

struct Decoded {
  std::string line;
  std::string fault;
};
Decoded decode(const std::string& message) {
  RecordDecoder decoder("__label__");
  Decoded decoded;
  decoded.line = "before\n";
  decoded.fault = decoder.decode(message, decoded.line).value_or("");
  EXPECT_TRUE(decoded.line.starts_with("before\n"));
  decoded.line.erase(0, 7);
  EXPECT_NE(decoded.line.empty(), decoded.fault.empty());
  return decoded;
}
LineParts parts_of(const std::string& line) {
  LineParts parts;
  split_line(line, "__label__", parts);
  return parts;
}

constexpr char kHelloWorld[] =
    "0a19 0a06 76616c756573 120f 4a0d 0a0b 68656c6c6f20776f726c64"
    "120f 0a06 76616c756573 1205 3a03 0a01 01";

TEST(RecordMessage, ReadsTheKnownBytes) {
  EXPECT_EQ(decode(from_hex(kHelloWorld)).line, "__label__1 hello world\n");
}

TEST(RecordMessage, WritesTheKnownBytes) {
  EXPECT_EQ(encode_record(parts_of("__label__1 hello world\n")), from_hex(kHelloWorld));
}

TEST(RecordMessage, LinesComeBackAsTheyWere) {
  for (const std::string line :
       {"__label__1 __label__-7 text\n", "__label__a __label__2 text\n", "no label\n", "\n",
        "__label__01 leading zero\n", "__label__4294967296 too large for 32 bits\n",
        "__label__a \xFF bytes\n"}) {
    EXPECT_EQ(decode(encode_record(parts_of(line))).line, line);
  }
}

TEST(RecordMessage, TextMayBeCalledSource) {
  EXPECT_EQ(decode(text_feature("some words", "source")).line, "some words\n");
  EXPECT_EQ(decode(text_feature("b", "source") + text_feature("a")).line, "a\n");
}

TEST(RecordMessage, ElementsOfTheTextAreJoined) {
  EXPECT_EQ(decode(entry(1, "values", bytes_value({"a", "b c"}))).line, "a b c\n");
}

TEST(RecordMessage, LineEndInTheTextIsABlank) {
  EXPECT_EQ(decode(text_feature("a\nb\n")).line, "a b \n");
}

TEST(RecordMessage, LabelsInTheTextStay) {
  EXPECT_EQ(decode(text_feature("__label__x a")).line, "__label__x a\n");
}

TEST(RecordMessage, LabelsAreNamesOrNumbers) {
  const std::string text = text_feature("t");
  EXPECT_EQ(decode(text + label(bytes_value({"sport", "__label__b c"}))).line,
            "__label__sport __label__b_c t\n");
  EXPECT_EQ(decode(text + label(integers(varint(3) + varint(~uint64_t{0})))).line,
            "__label__3 __label__-1 t\n");
  EXPECT_EQ(decode(text + label(field(2, field(1, packed<float>({2, 3}))))).line,
            "__label__2 __label__3 t\n");
  EXPECT_EQ(decode(text + label(field(3, field(1, packed<double>({1e9}))))).line,
            "__label__1000000000 t\n");
}

TEST(RecordMessage, NumbersMayBeUnpacked) {
  const std::string value = varint(1 << 3) + varint(5) + varint(1 << 3) + varint(6);
  EXPECT_EQ(decode(text_feature("t") + label(field(7, value))).line, "__label__5 __label__6 t\n");
}

TEST(RecordMessage, OrderDoesNotMatterAndTheLastOfEqualNamesCounts) {
  const std::string later = label(bytes_value({"old"})) + label(bytes_value({"new"}));
  EXPECT_EQ(decode(later + text_feature("t")).line, "__label__new t\n");
}

TEST(RecordMessage, UnknownFieldsAndOtherMembersDoNotMatter) {
  const std::string more = field(77, "unknown") + field(3, "uid") + field(5, "{}");
  EXPECT_EQ(decode(more + text_feature("t")).line, "t\n");
}

TEST(RecordMessage, NumbersForTextAreRefusedWithAdvice) {
  const std::string advice = ", want bytes: send the words themselves, no token numbers or vectors";
  EXPECT_EQ(decode(entry(1, "values", field(2, field(1, packed<float>({1}))))).fault,
            "the text is given as 32-bit floats" + advice);
  EXPECT_EQ(decode(entry(1, "source", integers(varint(1)))).fault,
            "the text is given as integers" + advice);
  EXPECT_EQ(decode(entry(1, "values", "")).fault, "the text is given as nothing" + advice);
}

TEST(RecordMessage, MissingTextIsRefused) {
  EXPECT_EQ(decode("").fault,
            "features nothing, want \"values\" or \"source\" with the text as bytes");
  EXPECT_EQ(decode(text_feature("t", "text")).fault,
            "features \"text\", want \"values\" or \"source\" with the text as bytes");
  EXPECT_NE(decode(entry(1, "values", bytes_value({}))).fault, "");
}

TEST(RecordMessage, LabelThatIsNoIntegerIsRefused) {
  const std::string text = text_feature("t");
  EXPECT_EQ(decode(text + label(field(2, field(1, packed<float>({1.5f}))))).fault,
            "label 1.5, want an integer, or a name as bytes");
  for (const double number : {1e300, -HUGE_VAL, std::nan("")}) {
    EXPECT_NE(decode(text + label(field(3, field(1, packed<double>({number}))))).fault, "");
  }
}

TEST(RecordMessage, LabelsOfOtherNamesOrWithoutANameAreRefused) {
  const std::string text = text_feature("t");
  EXPECT_EQ(decode(text + entry(2, "class", integers(varint(1)))).fault,
            "label \"class\", want \"values\" with names as bytes, or integers");
  EXPECT_EQ(decode(text + label(bytes_value({" "}))).fault, "label \" \" has no name");
  EXPECT_EQ(decode(text + label(field(7, field(1, varint(1)) + field(2, varint(0))))).fault,
            "the labels are a sparse tensor, want a dense one");
}

TEST(RecordMessage, OtherBytesAreNoMessage) {
  const std::string text = text_feature("hello");
  for (size_t cut = 1; cut < text.size(); ++cut) EXPECT_NE(decode(text.substr(0, cut)).fault, "");
  EXPECT_EQ(decode("plain text").fault,
            "this is no aialgs.data.Record message; is the format recordio-protobuf?");
}

TEST(RecordMessage, DeepNestingOfUnknownGroupsIsRefused) {
  EXPECT_NE(decode(std::string(1 << 20, '\x53') + text_feature("t")).fault, "");
}

TEST(RecordMessage, OneDecoderReadsMessageAfterMessage) {
  RecordDecoder decoder("__label__");
  std::string lines;
  for (const std::string& text : {std::string("a"), std::string(100000, 'x'), std::string("b")}) {
    EXPECT_FALSE(decoder.decode(text_feature(text), lines));
  }
  EXPECT_EQ(lines, "a\n" + std::string(100000, 'x') + "\nb\n");
}

}  // namespace
}  // namespace wordfire
