// A request that is not answered, and why: thrown on the way, sent as a short text.
#pragma once

#include <string>

#include "core/error.h"

namespace wordfire::serve {

class Refused : public Error {
 public:
  // status: of HTTP, 400 or more. text: one line for the person who sent the request.
  Refused(int status, const std::string& text)
      : Error(status < 500 ? ErrorKind::kUsage : ErrorKind::kInternal, text), status_(status) {}

  [[nodiscard]] int status() const noexcept { return status_; }

 private:
  int status_;
};

}  // namespace wordfire::serve
