// Any bytes as RecordIO: records are those of a plain reader, whole and in pieces, whatever the
// portions of bytes are; what is read can be written and read again. First byte: the portion.
#include "io/recordio.h"
#include "tests/fuzz/stream_reading.h"
#include "tests/reference/plain_recordio.h"

namespace wordfire {
namespace {

struct Records {
  std::vector<std::string> payloads;
  bool damaged = false;
};

template <typename Payload>
Records read_records(const std::string& stream, size_t most, Payload payload) {
  RecordReader reader(memory_source(stream, most));
  Records records;
  try {
    while (reader.next()) records.payloads.push_back(payload(reader));
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::kData);
    records.damaged = true;
  }
  return records;
}

std::string in_pieces(RecordReader& reader) {
  std::string payload;
  for (auto piece = reader.next_piece(); !piece.empty(); piece = reader.next_piece()) {
    payload += piece;
  }
  return payload;
}

std::string in_one_piece(RecordReader& reader) { return std::string(reader.payload()); }

void check(const std::string& stream, size_t most) {
  const PlainRecords plain = plain_records(stream);
  for (const Records& records :
       {read_records(stream, most, in_pieces), read_records(stream, most, in_one_piece)}) {
    require(records.payloads == plain.payloads);
    require(records.damaged == plain.damaged);
  }
  std::string again;
  for (const std::string& payload : plain.payloads) append_record(payload, again);
  require(plain_records(again).payloads == plain.payloads);
}

}  // namespace
}  // namespace wordfire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string stream(reinterpret_cast<const char*>(data + 1), size - 1);
  wordfire::check(stream, size_t{1} + data[0]);
  wordfire::require_equal_readings(stream, wordfire::InputFormat::kRecordIo, size_t{1} + data[0]);
  return 0;
}
