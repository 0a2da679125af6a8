// Model files are mapped: when somebody cuts one short, or its disk fails, the next look at it is a
// SIGBUS.
#pragma once

namespace wordfire {

// Makes such a signal one line on standard error and the exit status for failed input; other uses
// of SIGBUS keep their default action.
void report_lost_pages();

}  // namespace wordfire
