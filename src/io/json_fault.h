// What is wrong with a line of JSON, in words.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "io/row_fault.h"

namespace wordfire {

// The first member names of an object; "nothing" for an empty one.
[[nodiscard]] std::string member_names(const simdjson::dom::object& object);

// Of a line that cannot be read: where it is not UTF-8, or what the parser says.
[[nodiscard]] RowFault syntax_fault(std::string_view line, simdjson::error_code error);

}  // namespace wordfire
