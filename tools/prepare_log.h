// What prepare says on standard error.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "io/prepare.h"

namespace wordfire {

// What became of the rows, the classes (the five most and least frequent of many), the files, and
// what went wrong; whole lines.
[[nodiscard]] std::string format_prepare_report(const PrepareReport& report);

class PrepareLog {
 public:
  // Prints how far reading is, once a second; refers to this object.
  [[nodiscard]] std::function<void(const PrepareProgress&)> listener();
  // Prints the report.
  void finish(const PrepareReport& report);
  // Ends a line that progress left open; a message may follow.
  void end_line();

 private:
  using Clock = std::chrono::steady_clock;

  Clock::time_point last_ = Clock::now();
  bool line_open_ = false;
};

}  // namespace wordfire
