// Names of models in requests and file names.
#pragma once

#include <algorithm>
#include <string_view>

namespace wordfire::serve {

// 1 to 128 characters of A-Z a-z 0-9 . _ -, and neither "." nor "..": a name that cannot leave its
// folder, and needs no quoting anywhere.
[[nodiscard]] constexpr bool is_model_name(std::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 128 && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), is_allowed);
}

}  // namespace wordfire::serve
