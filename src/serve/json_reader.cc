#include "serve/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <string>
#include <vector>

#include "core/ascii_text.h"
#include "io/json_fault.h"
#include "io/utf8.h"
#include "serve/refused.h"

namespace wordfire::serve {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

std::string explain(std::string_view json, simdjson::error_code error) {
  if (const size_t byte = find_invalid_utf8(json); byte != std::string_view::npos) {
    return fmt::format("byte {}, 0x{:02x}, is not UTF-8; send the text as UTF-8", byte,
                       static_cast<unsigned char>(json[byte]));
  }
  return fmt::format("not JSON: {}", document_fault(json, error));
}

void check_names(const simdjson::dom::object& object) {
  std::vector<std::string_view> names;
  for (const auto& member : object) names.push_back(member.key);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice == names.end()) return;
  throw Refused(400, fmt::format("the name {} stands twice in an object", excerpt(*twice)));
}

bool holds_values(element_type type) {
  return type == element_type::ARRAY || type == element_type::OBJECT;
}

// Recursion goes as deep as the parser lets documents be.
void check_all_names(const element& value) {
  if (value.type() == element_type::ARRAY) {
    for (const element each : simdjson::dom::array(value)) {
      if (holds_values(each.type())) check_all_names(each);
    }
    return;
  }
  const simdjson::dom::object object(value);
  check_names(object);
  for (const auto& member : object) {
    if (holds_values(member.value.type())) check_all_names(member.value);
  }
}

}  // namespace

JsonReader::JsonReader() { static_cast<void>(simdjson::get_active_implementation()->name()); }

element JsonReader::read(std::string_view json) {
  element root;
  const simdjson::error_code error = parser_.parse(json.data(), json.size()).get(root);
  if (error == simdjson::MEMALLOC) {
    parser_ = simdjson::dom::parser();  // one that got a part of its memory would call every later
                                        // document too deep
    throw std::bad_alloc();
  }
  if (error != simdjson::SUCCESS) throw Refused(400, explain(json, error));
  if (holds_values(root.type())) check_all_names(root);
  return root;
}

std::string_view serialised_twice(const element& value) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return "";
  text = trimmed(text);
  if (!text.starts_with('{') && !text.starts_with('[')) return "";
  return "; it was serialised twice: give the object itself to the serializer, not "
         "json.dumps(object)";
}

}  // namespace wordfire::serve
