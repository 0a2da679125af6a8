#include "io/recordio.h"

#include <random>
#include <vector>

#include "tests/io/folder_fixture.h"
#include "tests/io/memory_source.h"
#include "tests/reference/plain_recordio.h"

namespace wordfire {
namespace {

using Payloads = std::vector<std::string>;
using namespace std::string_literals;

const std::string magic(kRecordMagic);

std::string stream_of(const Payloads& payloads) {
  std::string stream;
  for (const std::string& payload : payloads) append_record(payload, stream);
  return stream;
}

// Payloads by payload(), with reads of at most `most` bytes.
Payloads read_whole(const std::string& stream, size_t most = std::string::npos) {
  RecordReader reader(memory_source(stream, most));
  Payloads payloads;
  while (reader.next()) payloads.emplace_back(reader.payload());
  return payloads;
}

Payloads read_pieces(const std::string& stream, size_t most = std::string::npos) {
  RecordReader reader(memory_source(stream, most));
  Payloads payloads;
  while (reader.next()) {
    payloads.emplace_back();
    for (auto piece = reader.next_piece(); !piece.empty(); piece = reader.next_piece()) {
      payloads.back() += piece;
    }
  }
  return payloads;
}

std::string message_of(const std::string& stream) {
  return message_of(ErrorKind::kData, [&] { return read_whole(stream); });
}

// Payloads of many lengths and bytes, with the magic at every distance from a multiple of four.
Payloads hostile_payloads() {
  Payloads payloads = {"", "a", magic, magic + magic, "x" + magic, "ab" + magic + "abcd"};
  std::mt19937 random(3);
  for (size_t length : {1, 2, 3, 4, 5, 63, 64, 1000, 70000}) {
    std::string& payload = payloads.emplace_back();
    while (payload.size() < length) payload += static_cast<char>(random());
    for (int i = 0; i < 5; ++i) payload.insert(random() % payload.size(), magic);
  }
  return payloads;
}

struct Vector {
  std::string payload;
  std::string stream;  // in hex
};
const Vector known_vectors[] = {
    {"1", "0a23d7ce 01000000 31000000"},
    {"[1, 3]", "0a23d7ce 06000000 5b312c20 335d0000"},
    {"abcd" + magic + "xy", "0a23d7ce 04000020 61626364 0a23d7ce 02000060 78790000"},
    {"", "0a23d7ce 00000000"},
    {magic, "0a23d7ce 00000020 0a23d7ce 00000060"},
    {magic + magic, "0a23d7ce 00000020 0a23d7ce 00000040 0a23d7ce 00000060"},
};

TEST(RecordIo, WritesTheKnownBytes) {
  for (const Vector& vector : known_vectors) {
    EXPECT_EQ(stream_of({vector.payload}), from_hex(vector.stream));
  }
}

TEST(RecordIo, ReadsTheKnownBytes) {
  for (const Vector& vector : known_vectors) {
    EXPECT_EQ(read_whole(from_hex(vector.stream)), Payloads{vector.payload});
  }
}

TEST(RecordIo, WhatIsWrittenIsReadWholeAndInPieces) {
  const Payloads payloads = hostile_payloads();
  EXPECT_EQ(read_whole(stream_of(payloads)), payloads);
  EXPECT_EQ(read_pieces(stream_of(payloads)), payloads);
  EXPECT_EQ(plain_records(stream_of(payloads)).payloads, payloads);
}

TEST(RecordIo, AnySplitIntoReadsGivesTheSameRecords) {
  const Payloads payloads = hostile_payloads();
  for (const size_t most : {1, 2, 3, 4, 5, 7, 8, 9, 13, 64, 1000, 4095}) {
    EXPECT_EQ(read_whole(stream_of(payloads), most), payloads);
    EXPECT_EQ(read_pieces(stream_of(payloads), most), payloads);
  }
}

TEST(RecordIo, RecordsLongerThanTheBufferAreRead) {
  const Payloads payloads = {std::string(1 << 20, 'a'), "b", std::string(3 << 20, 'c')};
  EXPECT_EQ(read_whole(stream_of(payloads)), payloads);
  EXPECT_EQ(read_pieces(stream_of(payloads), 1000), payloads);
}

TEST(RecordIo, MagicInsideAPayloadThatWasNotCutIsRead) {
  const std::string payload = "abcd" + magic + "efgh";
  EXPECT_EQ(read_whole(magic + "\x0C\0\0\0"s + payload), Payloads{payload});
}

TEST(RecordIo, WhatIsNotReadOfARecordIsPassedOver) {
  RecordReader reader(memory_source(stream_of({"abcd" + magic + "ef", "second"}), 11));
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.next_piece(), "abc");
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.number(), 2);
  EXPECT_EQ(reader.offset(), 24);
  EXPECT_EQ(reader.payload(), "second");
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.next());
}

TEST(RecordIo, EmptyStreamHasNoRecord) { EXPECT_EQ(read_whole(""), Payloads{}); }

TEST(RecordIo, WrongMagicIsAnErrorWithItsPlace) {
  EXPECT_EQ(message_of(stream_of({"one"}) + "textual data"),
            "memory: byte 12 (record 2): magic 0x74786574, want 0xced7230a; is this RecordIO?");
}

TEST(RecordIo, TruncatedHeaderIsAnError) {
  for (size_t bytes = 1; bytes < 8; ++bytes) {
    const std::string message = message_of(stream_of({"abcd"}) + stream_of({"x"}).substr(0, bytes));
    EXPECT_EQ(message, "memory: byte 12 (record 2): the stream ends in a header, " +
                           std::to_string(bytes) + " of its 8 bytes are there; is it whole?");
  }
}

TEST(RecordIo, TruncatedPayloadOrPaddingIsAnError) {
  const std::string stream = stream_of({"abcde"});
  for (size_t missing = 1; missing <= 8; ++missing) {
    const std::string cut = stream.substr(0, stream.size() - missing);
    const std::string want = "memory: byte " + std::to_string(cut.size()) +
                             " (record 1): the stream ends " + std::to_string(missing) +
                             " bytes before the record does; is it whole?";
    EXPECT_EQ(message_of(cut), want);
    EXPECT_EQ(message_of(ErrorKind::kData, [&] { return read_pieces(cut); }), want);
  }
}

TEST(RecordIo, PartsOutOfOrderAreAnError) {
  const std::string whole = stream_of({"abcd"});
  const std::string parts = stream_of({"abcd" + magic + "efgh"});
  const std::string first = parts.substr(0, 12);
  const std::string last = parts.substr(12);
  EXPECT_EQ(message_of(last),
            "memory: byte 0 (record 1): part flag 3, want 0 or 1 at the start of a record");
  EXPECT_EQ(message_of(whole + first + whole),
            "memory: byte 24 (record 2): part flag 0, want 2 or 3 inside a record");
  EXPECT_EQ(message_of(first + first),
            "memory: byte 12 (record 1): part flag 1, want 2 or 3 inside a record");
}

TEST(RecordIo, UnknownPartFlagIsAnError) {
  for (int flag = 4; flag < 8; ++flag) {
    const std::string stream = magic + "\0\0\0"s + static_cast<char>(flag << 5);
    EXPECT_EQ(message_of(stream), "memory: byte 0 (record 1): part flag " + std::to_string(flag) +
                                      ", want 0 or 1 at the start of a record");
  }
}

TEST(RecordIo, EndBetweenPartsIsAnError) {
  const std::string first = stream_of({"abcd" + magic + "efgh"}).substr(0, 12);
  EXPECT_EQ(message_of(first),
            "memory: byte 12 (record 1): the stream ends between the parts of a record; is it "
            "whole?");
}

TEST(RecordIo, RecordOverTheLimitIsRefusedInOnePieceAlone) {
  const Payloads payloads = {std::string(kMaxRecordBytes + 1, 'x')};
  EXPECT_EQ(
      message_of(stream_of(payloads)),
      "memory: byte 0 (record 1): a record of more than 16777216 bytes, want one line of text "
      "with its labels");
  EXPECT_EQ(read_pieces(stream_of(payloads)), payloads);
}

TEST(RecordIo, LengthThatIsNotThereTakesNoMemory) {
  const std::string header = magic + "\xFF\xFF\xFF\x1F";
  EXPECT_NE(message_of(header + "abc").find("byte 11 (record 1)"), std::string::npos);
  RecordReader reader(memory_source(header + "abc"));
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.next_piece(), "abc");
}

}  // namespace
}  // namespace wordfire
