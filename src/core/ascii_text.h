// Blanks and case of the names and values that people and services write: those of ASCII, whatever
// the locale is.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace wordfire {

// Without the blanks (" \t\r\n", those of JSON) at both ends.
[[nodiscard]] inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// With A to Z as a to z.
[[nodiscard]] inline std::string lower_ascii(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace wordfire
