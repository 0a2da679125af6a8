// What is wrong with JSON, in words.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "io/row_fault.h"

namespace wordfire {

// The first member names of an object; "nothing" for an empty one.
[[nodiscard]] std::string member_names(const simdjson::dom::object& object);

// "a string", "an object" and so on.
[[nodiscard]] std::string_view kind_of(const simdjson::dom::element& value);

// A number, true, false or null as it is, a string cut short; else its kind.
[[nodiscard]] std::string shown(const simdjson::dom::element& value);

// Of a line that cannot be read: where it is not UTF-8, or what the parser says.
[[nodiscard]] RowFault syntax_fault(std::string_view line, simdjson::error_code error);

// Of a document that `error` was said of: where it is wrong by line and column, and why. Reads it
// once more. Throws bad_alloc.
[[nodiscard]] std::string document_fault(std::string_view json, simdjson::error_code error);

}  // namespace wordfire
