#include "stop_signals.h"

#include <atomic>
#include <csignal>

namespace wordfire {
namespace {

// A handler has no other way to reach the job.
std::atomic<void*> running_job = nullptr;
std::atomic<void (*)(void*)> stop_job = nullptr;
std::atomic<int> received_signal = 0;
static_assert(std::atomic<void*>::is_always_lock_free, "used in a signal handler");

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

void stop_running_job(int signal) {
  for (const int each : kSignals) (void)std::signal(each, SIG_DFL);
  received_signal = signal;
  if (void* job = running_job) stop_job.load()(job);
}

// Calls that were interrupted are taken up again; those that wait for input look at the job's flag
// (io/byte_source.h).
void set_action(int signal, void (*action)(int)) {
  struct sigaction now {};
  if (sigaction(signal, nullptr, &now) != 0 || now.sa_handler == SIG_IGN) return;
  struct sigaction wanted {};
  wanted.sa_handler = action;
  wanted.sa_flags = SA_RESTART;
  (void)sigaction(signal, &wanted, nullptr);
}

}  // namespace

StopSignals::StopSignals(void* job, void (*stop)(void* job)) {
  received_signal = 0;
  stop_job = stop;
  running_job = job;
  for (const int signal : kSignals) set_action(signal, stop_running_job);
}

StopSignals::~StopSignals() {
  for (const int signal : kSignals) set_action(signal, SIG_DFL);
  running_job = nullptr;
}

int StopSignals::received() const { return received_signal; }

std::string_view stop_signal_name(int signal) {
  switch (signal) {
    case SIGINT:
      return "SIGINT";
    case SIGHUP:
      return "SIGHUP";
    case SIGQUIT:
      return "SIGQUIT";
    default:
      return "SIGTERM";
  }
}

}  // namespace wordfire
