#include "io/input_format.h"

#include <algorithm>

#include "io/augmented_manifest.h"
#include "io/recordio.h"
#include "io/training_line.h"

namespace wordfire {
namespace {

using Format = std::optional<InputFormat>;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A record in one part, if all of it is at the front of `head`.
struct FrontRecord {
  std::string_view payload;  // as much of it as is there
  bool is_whole = false;
  size_t bytes = 0;  // of a whole one
};

FrontRecord front_record(std::string_view head) {
  constexpr size_t kHeaderBytes = 8;
  FrontRecord record;
  if (!head.starts_with(kRecordMagic) || head.size() < kHeaderBytes) return record;
  size_t length = 0;
  for (size_t i = kHeaderBytes; i-- > 4;) {
    length = length << 8 | static_cast<unsigned char>(head[i]);
  }
  length &= kMaxPartBytes;
  record.payload = head.substr(kHeaderBytes, length);
  record.bytes = kHeaderBytes + (length + 3) / 4 * 4;
  record.is_whole = head.size() >= record.bytes;
  return record;
}

// A number of protobuf below 2^28 at the front of `bytes`, which is taken off.
std::optional<size_t> take_varint(std::string_view& bytes) {
  size_t value = 0;
  for (size_t shift = 0; shift < 28 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<size_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

// Whether a payload begins with an entry of the features or labels of a Record: a name and a value.
bool begins_message(std::string_view payload) {
  constexpr char kFeatures = 0x0A, kLabel = 0x12, kName = 0x0A, kValue = 0x12;
  if (payload.empty() || (payload.front() != kFeatures && payload.front() != kLabel)) return false;
  payload.remove_prefix(1);
  if (!take_varint(payload) || !payload.starts_with(kName)) return false;
  payload.remove_prefix(1);
  const std::optional<size_t> name = take_varint(payload);
  return name && *name < payload.size() && payload[*name] == kValue;
}

bool has_label(std::string_view line, std::string_view label_prefix) {
  LineParts parts;
  split_line(line, label_prefix, parts);
  return !parts.labels.empty();
}

Format tell_records(std::string_view head, bool at_end, std::string_view label_prefix) {
  const FrontRecord first = front_record(head);
  if (!first.is_whole && !at_end) return std::nullopt;
  if (begins_message(first.payload)) return InputFormat::kRecordIoProtobuf;
  if (!first.is_whole) return InputFormat::kRecordIo;
  const FrontRecord second = front_record(head.substr(first.bytes));
  if (!second.is_whole && !at_end) return std::nullopt;
  const bool is_manifest = second.is_whole && is_label_record(second.payload) &&
                           !is_label_record(first.payload) &&
                           !has_label(first.payload, label_prefix);
  return is_manifest ? InputFormat::kAugmentedManifest : InputFormat::kRecordIo;
}

bool is_named_json(std::string_view name) {
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (name.ends_with(packed)) name.remove_suffix(packed.size());
  }
  constexpr std::string_view kEndings[] = {".jsonl", ".jsonlines", ".ndjson", ".manifest"};
  return std::ranges::any_of(kEndings, [&](auto ending) { return name.ends_with(ending); });
}

Format tell_json(std::string_view head, bool at_end, std::string_view name) {
  if (is_named_json(name)) return InputFormat::kJsonLines;
  const size_t end = head.find('\n');
  if (end == std::string_view::npos && !at_end) return std::nullopt;
  return is_manifest_line(head.substr(0, end)) ? InputFormat::kJsonLines : InputFormat::kText;
}

}  // namespace

std::optional<InputFormat> tell_input_format(std::string_view head, bool at_end,
                                             std::string_view name, std::string_view label_prefix) {
  if (head.starts_with(kRecordMagic)) return tell_records(head, at_end, label_prefix);
  if (!at_end && (kRecordMagic.starts_with(head) || kByteOrderMark.starts_with(head))) {
    return std::nullopt;
  }
  if (head.starts_with(kByteOrderMark)) head.remove_prefix(kByteOrderMark.size());
  const size_t begin = head.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return at_end ? Format(InputFormat::kText) : std::nullopt;
  if (head[begin] != '{') return InputFormat::kText;
  return tell_json(head.substr(begin), at_end, name);
}

}  // namespace wordfire
