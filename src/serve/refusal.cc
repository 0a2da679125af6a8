#include <algorithm>
#include <new>
#include <string>
#include <string_view>

#include "io/utf8.h"
#include "serve/answer.h"
#include "serve/refused.h"

namespace wordfire::serve {
namespace {

// `text` as one line that every client can show.
std::string as_line(std::string_view text) {
  constexpr size_t kMostBytes = 1000;
  std::string line;
  while (!text.empty() && line.size() < kMostBytes) {
    const Utf8Char character = first_utf8_char(text);
    const bool shown = character.bytes > 0 && character.code >= 0x20 && character.code != 0x7F;
    const size_t bytes = std::max<size_t>(character.bytes, 1);
    line += shown ? text.substr(0, bytes) : "?";
    text.remove_prefix(bytes);
  }
  return line;
}

int status_of(const Error& error) {
  if (const auto* const refused = dynamic_cast<const Refused*>(&error)) return refused->status();
  switch (error.kind()) {
    case ErrorKind::kUsage:
    case ErrorKind::kData:
      return 400;
    case ErrorKind::kSystem:
      return 503;
    case ErrorKind::kModel:
    case ErrorKind::kInternal:
      return 500;
  }
  return 500;
}

}  // namespace

Answer refusal(int status, std::string_view text) { return {status, "text/plain", as_line(text)}; }

Answer refusal(const std::exception& error) noexcept {
  if (dynamic_cast<const std::bad_alloc*>(&error) == nullptr) {
    try {
      const auto* const ours = dynamic_cast<const Error*>(&error);
      return refusal(ours != nullptr ? status_of(*ours) : 500, error.what());
    } catch (const std::bad_alloc&) {  // not even for this text
    }
  }
  return {507, "text/plain", "out of memory"};  // so short that the strings need none
}

}  // namespace wordfire::serve
