#include "serve/json_text.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>

#include "io/utf8.h"

namespace wordfire::serve {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

constexpr bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

// Appends the character or byte that `text` begins with; returns its bytes.
size_t append_character(std::string_view text, std::string& out) {
  const char c = text.front();
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
    return 1;
  }
  if (static_cast<unsigned char>(c) < 0x20) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    return 1;
  }
  const size_t bytes = first_utf8_char(text).bytes;
  out += bytes == 0 ? kReplacement : text.substr(0, bytes);
  return bytes == 0 ? 1 : bytes;
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(append_character(text, out));
  }
  out += '"';
}

void append_json_number(float value, std::string& out) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 32> digits{};
  const char* const end = fmt::format_to(digits.data(), "{}", double{value});
  const std::string_view number(digits.data(), static_cast<size_t>(end - digits.data()));
  out += number;
  if (number.find_first_of(".e") == std::string_view::npos) out += ".0";
}

}  // namespace wordfire::serve
