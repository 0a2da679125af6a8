#include "io/input_format.h"

#include <gtest/gtest.h>

#include "io/augmented_manifest.h"
#include "io/record_message.h"
#include "io/recordio.h"

namespace wordfire {
namespace {

using enum InputFormat;

std::string stream_of(const std::vector<std::string>& payloads) {
  std::string stream;
  for (const std::string& payload : payloads) append_record(payload, stream);
  return stream;
}

LineParts parts_of(std::string_view line) {
  LineParts parts;
  split_line(line, "__label__", parts);
  return parts;
}

// What a whole stream is told to be; every start of it is told to be the same, or not yet told.
InputFormat told(const std::string& stream, const std::string& name = "file") {
  const auto format = tell_input_format(stream, true, name, "__label__");
  EXPECT_TRUE(format);
  for (size_t size = 0; size <= stream.size(); ++size) {
    const auto early =
        tell_input_format(std::string_view(stream).substr(0, size), false, name, "__label__");
    EXPECT_TRUE(!early || early == format) << stream.substr(0, size);
  }
  return *format;
}

TEST(InputFormat, TextIsText) {
  for (const char* const text :
       {"", "\n\n", "__label__a b\n", "plain", "[1] x", "\xEF\xBB\xBFx\n"}) {
    EXPECT_EQ(told(text), kText) << text;
  }
}

TEST(InputFormat, TextIsToldAtItsFirstLetter) {
  EXPECT_EQ(tell_input_format("_", false, "-", "__label__"), kText);
  EXPECT_EQ(tell_input_format("\n_", false, "-", "__label__"), kText);
}

TEST(InputFormat, RecordsOfTextAreToldByTheirMagic) {
  for (const std::vector<std::string>& payloads :
       std::vector<std::vector<std::string>>{{"__label__a b"},
                                             {"__label__a b", "__label__b c"},
                                             {"__label__a b\n__label__b c\n"},
                                             {"", ""},
                                             {"\n\n", "text"},
                                             {"1", "2"},
                                             {"__label__a b", "7"}}) {
    EXPECT_EQ(told(stream_of(payloads)), kRecordIo) << payloads[0];
  }
}

TEST(InputFormat, RecordThatIsAWholeFileIsText) {
  const std::string start = stream_of({std::string(5000, 'x')}).substr(0, 1000);
  EXPECT_EQ(tell_input_format(start, false, "-", "__label__"), std::nullopt);
  EXPECT_EQ(tell_input_format(start, true, "-", "__label__"), kRecordIo);
}

TEST(InputFormat, RecordsOfMessagesAreToldByTheFirst) {
  for (const char* const line : {"__label__1 text", "no label", "__label__a __label__b x"}) {
    const std::string message = encode_record(parts_of(line));
    EXPECT_EQ(told(stream_of({message, "anything"})), kRecordIoProtobuf) << line;
  }
  const std::string large = stream_of({encode_record(parts_of(std::string(5000, 'x')))});
  EXPECT_EQ(tell_input_format(large.substr(0, 1000), true, "-", "__label__"), kRecordIoProtobuf);
}

TEST(InputFormat, TextsWithLabelsBehindThemAreAManifest) {
  for (const char* const label : {"1", "[1, 3]", "[]", "-1"}) {
    EXPECT_EQ(told(stream_of({"some text", label, "more", "2"})), kAugmentedManifest) << label;
  }
}

TEST(InputFormat, DamagedRecordsAreNoText) {
  EXPECT_EQ(told(std::string(kRecordMagic)), kRecordIo);
  EXPECT_EQ(told(stream_of({"some text"}) + "damage"), kRecordIo);
}

TEST(InputFormat, JsonLinesAreToldByTheMemberSource) {
  EXPECT_EQ(told("{\"source\": \"x\", \"label\": 1}\n{\n"), kJsonLines);
  EXPECT_EQ(told("\n {\"a\": {}, \"source\": \"x\"}"), kJsonLines);
  EXPECT_EQ(told("\xEF\xBB\xBF{\"source\": \"x\"}\n"), kJsonLines);
  EXPECT_EQ(told("{\"text\": \"x\"}\n"), kText);
  EXPECT_EQ(told("{ __label__code }\n"), kText);
}

TEST(InputFormat, JsonLinesAreToldByTheNameAsWell) {
  for (const char* const name : {"a.jsonl", "a.jsonlines", "x/a.ndjson.gz", "a.manifest.zst"}) {
    EXPECT_EQ(told("{\"text\": \"x\"}\n", name), kJsonLines) << name;
    EXPECT_EQ(told("__label__a b\n", name), kText) << name;
  }
}

}  // namespace
}  // namespace wordfire
