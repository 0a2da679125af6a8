// JSON as it is written into answers, in the manner of Python's json.dumps, with which BlazingText
// writes: ", " and ": " between values, floats as doubles with a point or an exponent.
#pragma once

#include <string>
#include <string_view>

namespace wordfire::serve {

// Appends `text` in quotes. Control characters, '"' and '\' are escaped; bytes that are not UTF-8
// become U+FFFD, as labels and words of a model may hold any bytes.
void append_json_string(std::string_view text, std::string& out);

// Appends the double that `value` is, in the fewest digits that read back as the same double:
// 0.9948582053184509, 1.0, 1e-05. One that is not finite becomes null.
void append_json_number(float value, std::string& out);

}  // namespace wordfire::serve
