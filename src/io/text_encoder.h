// Lines of training text in the formats that text_source.h reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/options.h"
#include "io/training_line.h"

namespace wordfire {

class TextEncoder {
 public:
  // format: not kAuto.
  TextEncoder(InputFormat format, std::string label_prefix)
      : format_(format), label_prefix_(std::move(label_prefix)) {}

  // Appends one line, given with or without its end. In other formats than text and text in records
  // the labels stand apart from the text; those that are integers become numbers. Throws Error
  // (data), to which the caller adds the place: a label without a name; bytes that are not UTF-8,
  // in JSON.
  void append(std::string_view line, std::string& out);

 private:
  InputFormat format_;
  std::string label_prefix_;
  LineParts parts_;
};

// By the name's ending: .jsonl, .jsonlines, .ndjson. Other formats have no ending of their own.
[[nodiscard]] std::optional<InputFormat> text_format_of_name(std::string_view path);

}  // namespace wordfire
