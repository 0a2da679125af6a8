// Any bytes as an augmented manifest, as JSON lines and as records, and as whatever they are taken
// for: the lines do not depend on how the bytes are cut into portions. First byte: the portion;
// what follows is also a label and a line of its own.
#include "io/augmented_manifest.h"
#include "io/recordio.h"
#include "tests/fuzz/stream_reading.h"

namespace wordfire {
namespace {

constexpr const char* kPrefix = "__label__";

// A label record is one line's labels or a fault; they are written as a record that gives the same.
void check_label(std::string_view label) {
  ManifestDecoder decoder(kPrefix, true);
  std::string line;
  const bool refused = decoder.decode_records("some text", label, line).has_value();
  require(refused == line.empty());
  require(!is_label_record(label) || !refused);
  if (refused) return;
  LineParts parts;
  split_line(line, kPrefix, parts);
  if (!has_plain_names(parts, kPrefix)) return;
  std::string written;
  try {
    written = encode_label_record(parts);
  } catch (const Error&) {  // not UTF-8
    return;
  }
  std::string again;
  require(!decoder.decode_records("some text", written, again));
  require(again == line);
}

}  // namespace
}  // namespace wordfire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wordfire;
  if (size == 0) return 0;
  const std::string stream(reinterpret_cast<const char*>(data + 1), size - 1);
  for (const InputFormat format :
       {InputFormat::kAuto, InputFormat::kJsonLines, InputFormat::kAugmentedManifest}) {
    require_equal_readings(stream, format, size_t{1} + data[0]);
  }
  check_label(stream);
  static_cast<void>(is_manifest_line(stream));
  return 0;
}
