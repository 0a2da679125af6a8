// What the JSON library says, without the marks that it puts in front of it.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace wordfire {

// "[json.exception.parse_error.101] parse error at line 1 ..." -> "parse error at line 1 ...".
// A view of `error`.
[[nodiscard]] inline std::string_view json_reason(const nlohmann::json::exception& error) {
  const std::string_view what = error.what();
  const size_t marks = what.starts_with('[') ? what.find("] ") : std::string_view::npos;
  return marks == std::string_view::npos ? what : what.substr(marks + 2);
}

}  // namespace wordfire
