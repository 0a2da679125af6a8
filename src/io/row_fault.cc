#include "io/row_fault.h"

#include "io/utf8.h"

namespace wordfire {

std::string excerpt(std::string_view text) {
  constexpr size_t kMaxBytes = 40;
  std::string shown = "\"";
  size_t at = 0;
  while (at < text.size()) {
    const Utf8Char character = first_utf8_char(text.substr(at));
    const bool printable = character.bytes > 0 && character.code >= 0x20 && character.code != 0x7F;
    const std::string_view bytes = printable ? text.substr(at, character.bytes) : "?";
    if (shown.size() + bytes.size() > kMaxBytes) break;
    shown += bytes;
    at += printable ? character.bytes : 1;
  }
  return shown + (at < text.size() ? "...\"" : "\"");
}

}  // namespace wordfire
