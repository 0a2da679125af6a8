// One character of UTF-8 at a time (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wordfire {

struct Utf8Char {
  char32_t code = 0;
  size_t bytes = 0;  // 0: the text does not begin with a whole valid character
};

// The first character of `text`, which is not empty.
[[nodiscard]] constexpr Utf8Char first_utf8_char(std::string_view text) noexcept {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](size_t n) {
    for (size_t i = 1; i < n; ++i) {
      if (i >= text.size() || (byte(i) & 0xC0) != 0x80) return false;
    }
    return true;
  };
  const char32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  if (lead >= 0xC2 && lead < 0xE0 && continues(2)) {
    return {(lead & 0x1F) << 6 | (byte(1) & 0x3Fu), 2};
  }
  if (lead >= 0xE0 && lead < 0xF0 && continues(3)) {
    const char32_t code = (lead & 0x0F) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
    const bool valid = code >= 0x800 && (code < 0xD800 || code > 0xDFFF);
    return valid ? Utf8Char{code, 3} : Utf8Char{};
  }
  if (lead >= 0xF0 && lead < 0xF5 && continues(4)) {
    const char32_t code =
        (lead & 0x07) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 | (byte(3) & 0x3Fu);
    return code >= 0x10000 && code <= 0x10FFFF ? Utf8Char{code, 4} : Utf8Char{};
  }
  return {};
}

// The byte at which `text` stops being valid UTF-8; npos when it never does.
[[nodiscard]] constexpr size_t find_invalid_utf8(std::string_view text) noexcept {
  for (size_t i = 0; i < text.size();) {
    const Utf8Char character = first_utf8_char(text.substr(i));
    if (character.bytes == 0) return i;
    i += character.bytes;
  }
  return std::string_view::npos;
}

// Appends the character `code` (valid, at most U+FFFF) to `out`.
inline void append_utf8(char32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
  } else {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
  }
  out += static_cast<char>(0x80 | (code & 0x3F));
}

}  // namespace wordfire
