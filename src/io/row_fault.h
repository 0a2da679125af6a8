// What is wrong with one row of a table, as a value: whether it ends the job is for the job to say.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wordfire {

struct RowFault {
  size_t byte = 0;   // of the row
  std::string what;  // what was found, what was wanted, what to do
};

// `text` in quotes for a message of one line: at most 40 bytes of it, control characters and bytes
// that are not UTF-8 as '?'.
[[nodiscard]] std::string excerpt(std::string_view text);

}  // namespace wordfire
