// CSV as it is written into answers (RFC 4180).
#pragma once

#include <string>
#include <string_view>

namespace wordfire::serve {

// Appends `text` as one field: in quotes where it has commas, quotes or line ends.
void append_csv_field(std::string_view text, std::string& out);

}  // namespace wordfire::serve
