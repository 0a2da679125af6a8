#include "program.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "lost_pages.h"
#include "standard_streams.h"

namespace wordfire {

int run_main(int argc, const char* const* argv, Program program, FailureReport report) {
  protect_standard_streams();
  report_lost_pages();
  const auto body = [&] {
    const std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
    const int status = program(args);
    close_stdout();
    return status;
  };
  // By reference: a copy would be allocated outside of what reports that memory ran out.
  return run_program(std::ref(body), report);
}

}  // namespace wordfire
