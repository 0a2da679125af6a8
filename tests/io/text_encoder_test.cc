#include "io/text_encoder.h"

#include "io/recordio.h"
#include "tests/io/folder_fixture.h"
#include "tests/io/memory_source.h"

namespace wordfire {
namespace {

std::string encoded(InputFormat format, std::string_view line) {
  TextEncoder encoder(format, "#");
  std::string out;
  encoder.append(line, out);
  std::string again;
  encoder.append(std::string(line) + '\n', again);
  EXPECT_EQ(again, out);
  return out;
}

// Payloads of a stream, each with a '|' behind it.
std::string payloads(const std::string& stream) {
  RecordReader reader(memory_source(stream));
  std::string all;
  while (reader.next()) all.append(reader.payload()).append("|");
  return all;
}

TEST(TextEncoder, WritesEachFormat) {
  EXPECT_EQ(encoded(InputFormat::kText, "#1 a b"), "#1 a b\n");
  EXPECT_EQ(encoded(InputFormat::kJsonLines, "#1 a b"), "{\"source\":\"a b\",\"label\":1}\n");
  EXPECT_EQ(payloads(encoded(InputFormat::kRecordIo, "#1 a b")), "#1 a b|");
  EXPECT_EQ(payloads(encoded(InputFormat::kAugmentedManifest, "#1 #x a b")), "a b|[1,\"x\"]|");
  EXPECT_EQ(
      encoded(InputFormat::kRecordIoProtobuf, "#1 hello world"),
      from_hex("0a23d7ce 2c000000 0a19 0a06 76616c756573 120f 4a0d 0a0b 68656c6c6f20776f726c64"
               "120f 0a06 76616c756573 1205 3a03 0a01 01"));
}

TEST(TextEncoder, LabelWithoutANameIsRefused) {
  TextEncoder encoder(InputFormat::kAugmentedManifest, "#");
  std::string out;
  EXPECT_EQ(message_of(ErrorKind::kData,
                       [&] {
                         encoder.append("# a", out);
                         return 0;
                       }),
            "label \"#\" has no name; write \"#x\"");
  EXPECT_EQ(out, "");
}

TEST(TextEncoder, NameOfAFileTellsJsonLinesAlone) {
  EXPECT_EQ(text_format_of_name("a/b.jsonl"), InputFormat::kJsonLines);
  EXPECT_EQ(text_format_of_name("b.jsonlines"), InputFormat::kJsonLines);
  EXPECT_EQ(text_format_of_name("b.txt"), std::nullopt);
  EXPECT_EQ(text_format_of_name("b.rec"), std::nullopt);
}

}  // namespace
}  // namespace wordfire
