#include "io/text_encoder.h"

#include <algorithm>

#include "core/error.h"
#include "io/augmented_manifest.h"
#include "io/record_message.h"
#include "io/recordio.h"

namespace wordfire {
namespace {

void check_names(const LineParts& parts, const std::string& label_prefix) {
  if (std::ranges::find(parts.labels, "") == parts.labels.end()) return;
  throw Error::data("label \"" + label_prefix + "\" has no name; write \"" + label_prefix + "x\"");
}

}  // namespace

void TextEncoder::append(std::string_view line, std::string& out) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (format_ == InputFormat::kRecordIo) return append_record(line, out);
  if (format_ == InputFormat::kText) {
    out += line;
    out += '\n';
    return;
  }
  split_line(line, label_prefix_, parts_);
  check_names(parts_, label_prefix_);
  if (format_ == InputFormat::kRecordIoProtobuf) return append_record(encode_record(parts_), out);
  if (format_ == InputFormat::kJsonLines) {
    out += encode_manifest_line(parts_);
    out += '\n';
    return;
  }
  const std::string label = encode_label_record(parts_);
  append_record(parts_.text, out);
  append_record(label, out);
}

std::optional<InputFormat> text_format_of_name(std::string_view path) {
  constexpr std::string_view kEndings[] = {".jsonl", ".jsonlines", ".ndjson"};
  const auto is_ending = [&](std::string_view ending) { return path.ends_with(ending); };
  if (std::ranges::any_of(kEndings, is_ending)) return InputFormat::kJsonLines;
  return std::nullopt;
}

}  // namespace wordfire
