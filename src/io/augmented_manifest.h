// The lines of an augmented manifest, as a file of JSON lines or as the records that SageMaker's
// Pipe mode makes of them: a record with the text, a record with its label, and so on.
//
// A label in JSON is an integer, a name as a string, true or false, null (no label), or a list of
// these.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/row_fault.h"
#include "io/training_line.h"

namespace wordfire {

class ManifestDecoder {
 public:
  // Bytes behind a JSON line that must be readable; their values do not matter.
  static constexpr size_t kPadding = 64;

  // needs_label: a JSON line without the member "label" is a fault.
  ManifestDecoder(std::string label_prefix, bool needs_label);
  ~ManifestDecoder();

  // Appends the line of training text of a JSON line, {"source": "...", "label": ...}; other
  // members do not matter. Returns what is wrong, if anything, with nothing appended.
  [[nodiscard]] std::optional<RowFault> decode_line(std::string_view json, std::string& out);

  // Appends the line of training text of two records. label: a number, string or list in JSON;
  // everything else is a name as it is.
  // Returns what is wrong with the label, if anything, with nothing appended.
  [[nodiscard]] std::optional<std::string> decode_records(std::string_view source,
                                                          std::string_view label, std::string& out);

 private:
  struct Parser;

  std::string label_prefix_;
  bool needs_label_;
  std::unique_ptr<Parser> parser_;
};

// Whether a record holds what only a label is: an integer or a list of integers.
[[nodiscard]] bool is_label_record(std::string_view payload);

// Whether `json` is an object with the member "source".
[[nodiscard]] bool is_manifest_line(std::string_view json);

// The JSON line and the label record of a line; names that are integers become numbers. Throws
// Error (data) for bytes that are not UTF-8, which JSON cannot hold.
[[nodiscard]] std::string encode_manifest_line(const LineParts& line);
[[nodiscard]] std::string encode_label_record(const LineParts& line);

}  // namespace wordfire
