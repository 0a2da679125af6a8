// Any bytes as an aialgs.data.Record: one line of text or a fault; the line is written as a message
// that gives the same labels and text.
#include "io/record_message.h"
#include "tests/fuzz/stream_reading.h"

namespace wordfire {
namespace {

constexpr const char* kPrefix = "__label__";

// The line of a message; empty for a fault.
std::string decode(RecordDecoder& decoder, const std::string& message) {
  std::string line;
  const auto fault = decoder.decode(message, line);
  require(fault.has_value() == line.empty());
  require(line.empty() || line.find('\n') == line.size() - 1);
  return line;
}

void check(const std::string& message) {
  RecordDecoder decoder(kPrefix);
  const std::string line = decode(decoder, message);
  require(decode(decoder, message) == line);
  if (line.empty()) return;
  LineParts parts;
  split_line(line, kPrefix, parts);
  if (!has_plain_names(parts, kPrefix)) return;
  const std::string again = decode(decoder, encode_record(parts));
  LineParts back;
  split_line(again, kPrefix, back);
  require(back.text == parts.text && back.labels == parts.labels);
}

}  // namespace
}  // namespace wordfire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wordfire::check(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
