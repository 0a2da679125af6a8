// Pieces of JSON for output that is written line by line.
#pragma once

#include <string>
#include <string_view>

namespace wordfire {

// `text` as a JSON string, quotes included; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

// The shortest number that reads back as `value`; null where it is no number.
[[nodiscard]] std::string json_number(double value);

}  // namespace wordfire
