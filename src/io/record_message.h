// The payloads of application/x-recordio-protobuf: aialgs.data.Record messages (record.proto) that
// hold one line of training text each.
//
//   text    features "values", or "source" where there is none: bytes, joined by a blank where
//   there
//           are several
//   labels  label "values": bytes, a label name each; or numbers, all integral, each the label of
//           that name. Without them the text holds its labels itself, if it has any.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/training_line.h"

namespace wordfire {

class RecordDecoder {
 public:
  explicit RecordDecoder(std::string label_prefix);
  ~RecordDecoder();

  // Appends the line of training text of one message, its end included. Returns what is wrong, if
  // anything, with nothing appended: no message, no text, numbers where text is wanted, a label
  // that is no integer or has no name.
  [[nodiscard]] std::optional<std::string> decode(std::string_view message, std::string& out);

 private:
  struct Memory;

  std::string label_prefix_;
  std::unique_ptr<Memory> memory_;
};

// The message of a line. Labels that are all integers become numbers.
[[nodiscard]] std::string encode_record(const LineParts& line);

}  // namespace wordfire
