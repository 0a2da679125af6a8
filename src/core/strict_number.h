// Numbers in options and arguments: the whole text must be one finite number, or there is none.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

namespace wordfire {

// The number that `text` is, or nullopt: empty, blanks, a leading '+', trailing text, not in T's
// range.
template <typename T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

[[nodiscard]] inline std::optional<int64_t> parse_integer(std::string_view text) {
  return parse_number<int64_t>(text);
}

// "nan" and "inf" are no numbers here.
[[nodiscard]] inline std::optional<double> parse_real(std::string_view text) {
  const std::optional<double> value = parse_number<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

}  // namespace wordfire
