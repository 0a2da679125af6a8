// A request for answers, without the HTTP around it.
#pragma once

#include <chrono>
#include <string_view>

namespace wordfire::serve {

struct Request {
  std::string_view content_type;  // the header's value as it came; empty: there is none
  std::string_view accept;        // likewise; several headers are joined by ','
  std::string_view body;
  // Work that is not done by then is given up with status 503.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

}  // namespace wordfire::serve
