// The lines in front of an answer's body.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wordfire::serve {

struct AnswerHead {
  int status = 200;
  std::string_view content_type = {};  // empty: no body, no type
  size_t body_bytes = 0;
  bool close = false;           // the connection ends behind this answer
  bool keep_alive = false;      // it does not, which a client of HTTP/1.0 has to be told
  std::string_view allow = {};  // methods of the path, for 405
};

// Appends status line and headers, with the empty line behind them. 503 has Retry-After.
void append_head(const AnswerHead& head, std::string& out);

}  // namespace wordfire::serve
