#include "io/json_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/strict_number.h"
#include "io/json_reason.h"
#include "io/utf8.h"

namespace wordfire {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// A longer document is not read a second time to say where it is wrong.
constexpr size_t kMostExplained = size_t{1} << 20;

// "line 3, column 17", both from 1; columns are bytes.
std::string place_of(std::string_view json, size_t byte) {
  const std::string_view before = json.substr(0, byte);
  const size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("line {}, column {}", std::ranges::count(before, '\n') + 1,
                     byte - line_begin + 1);
}

// The library quotes what it read last, which may be most of the document.
std::string cut_reason(std::string_view reason) {
  constexpr std::string_view kQuoting = "; last read: '";
  const size_t quoting = reason.find(kQuoting);
  if (quoting == std::string_view::npos) return std::string(reason);
  const size_t begin = quoting + kQuoting.size();
  const size_t end = std::min(reason.rfind("'; expected "), reason.size() - 1);
  return fmt::format("{}; last read: {}{}", reason.substr(0, quoting),
                     excerpt(reason.substr(begin, end - begin)), reason.substr(end + 1));
}

// Says where, is slow, and keeps nothing. Takes numbers that are too large for the other parser.
std::optional<std::string> explain_syntax(std::string_view json) {
  const auto keep_nothing = [](int, nlohmann::json::parse_event_t, nlohmann::json&) {
    return false;
  };
  try {
    const auto nothing = nlohmann::json::parse(json, keep_nothing);
    static_cast<void>(nothing);
  } catch (const nlohmann::json::parse_error& error) {
    return cut_reason(json_reason(error));
  } catch (const nlohmann::json::out_of_range&) {
    return std::nullopt;
  }
  return std::nullopt;
}

bool is_too_large(std::string_view number) {
  if (number.find_first_of(".eE") != std::string_view::npos) {
    return !nlohmann::json::accept(number);
  }
  return !parse_number<int64_t>(number) && !parse_number<uint64_t>(number);
}

// The first number, outside of strings, that is not in range.
std::optional<std::string> explain_number(std::string_view json) {
  for (size_t at = 0; at < json.size(); ++at) {
    if (json[at] == '"') {
      for (++at; at < json.size() && json[at] != '"'; ++at) at += json[at] == '\\' ? 1 : 0;
      continue;
    }
    if (json[at] != '-' && (json[at] < '0' || json[at] > '9')) continue;
    const size_t end = std::min(json.find_first_not_of("0123456789+-.eE", at), json.size());
    const std::string_view number = json.substr(at, end - at);
    if (is_too_large(number)) {
      return fmt::format("{}: the number {} is too large; want one of 64 bits", place_of(json, at),
                         excerpt(number));
    }
    at = end - 1;
  }
  return std::nullopt;
}

}  // namespace

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

std::string_view kind_of(const element& value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return "a list";
    case element_type::OBJECT:
      return "an object";
    case element_type::STRING:
      return "a string";
    case element_type::BOOL:
      return "true or false";
    case element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

std::string shown(const element& value) {
  if (value.is_array() || value.is_object()) return std::string(kind_of(value));
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) return excerpt(text);
  return simdjson::minify(value);
}

RowFault syntax_fault(std::string_view line, simdjson::error_code error) {
  if (const size_t byte = find_invalid_utf8(line); byte != std::string_view::npos) {
    return {byte,
            fmt::format("byte {} of the line, 0x{:02x}, is not UTF-8; convert the file with iconv",
                        byte, static_cast<unsigned char>(line[byte]))};
  }
  return {0, fmt::format("not JSON: {}; want one object a line", simdjson::error_message(error))};
}

std::string document_fault(std::string_view json, simdjson::error_code error) {
  if (json.empty()) return "it is empty";
  if (json.starts_with("\xEF\xBB\xBF")) return "it begins with a byte order mark; take that away";
  if (const size_t byte = find_invalid_utf8(json); byte != std::string_view::npos) {
    return fmt::format("{}: byte 0x{:02x} is not UTF-8", place_of(json, byte),
                       static_cast<unsigned char>(json[byte]));
  }
  if (json.size() <= kMostExplained) {
    if (auto fault = explain_syntax(json)) return *fault;
    if (auto fault = explain_number(json)) return *fault;
  }
  return simdjson::error_message(error);
}

}  // namespace wordfire
