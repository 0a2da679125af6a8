#include "lost_pages.h"

#include <unistd.h>

#include <csignal>

#include "exit_code.h"
#include "standard_streams.h"

namespace wordfire {
namespace {

// print_error() neither allocates nor locks, and nothing is cleaned up: what is not committed has
// no name.
void end_with_message(int signal, siginfo_t* info, void*) {
  if (info->si_code != BUS_ADRERR) {
    (void)std::signal(signal, SIG_DFL);
    (void)std::raise(signal);
    return;
  }
  print_error(
      "a file in use was cut short or cannot be read any more, want it as it was opened; replace "
      "files by renaming a whole one to their name");
  _exit(kExitIo);
}

}  // namespace

void report_lost_pages() {
  struct sigaction wanted {};
  wanted.sa_sigaction = end_with_message;
  wanted.sa_flags = SA_SIGINFO;
  (void)sigaction(SIGBUS, &wanted, nullptr);
}

}  // namespace wordfire
