#include "io/json_fault.h"

#include <fmt/format.h>

#include "io/utf8.h"

namespace wordfire {

std::string member_names(const simdjson::dom::object& object) {
  constexpr size_t kShown = 10;
  std::string names;
  size_t count = 0;
  for (const auto& member : object) {
    if (++count > kShown) return names + ", ...";
    if (!names.empty()) names += ", ";
    names += excerpt(member.key);
  }
  return names.empty() ? "nothing" : names;
}

RowFault syntax_fault(std::string_view line, simdjson::error_code error) {
  if (const size_t byte = find_invalid_utf8(line); byte != std::string_view::npos) {
    return {byte,
            fmt::format("byte {} of the line, 0x{:02x}, is not UTF-8; convert the file with iconv",
                        byte, static_cast<unsigned char>(line[byte]))};
  }
  return {0, fmt::format("not JSON: {}; want one object a line", simdjson::error_message(error))};
}

}  // namespace wordfire
