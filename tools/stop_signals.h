// SIGINT, SIGTERM, SIGHUP (the terminal was closed) and SIGQUIT ask a job to stop; a second one
// ends the program at once.
#pragma once

#include <string_view>

namespace wordfire {

// While it lives, the first of them calls job.request_stop() and gives all of them back their
// default action. A signal that the program was started to ignore stays ignored. One at a
// time.
class StopSignals {
 public:
  template <typename Job>
  explicit StopSignals(Job& job)
      : StopSignals(&job, [](void* one) { static_cast<Job*>(one)->request_stop(); }) {}
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  // The signal that came, or 0.
  [[nodiscard]] int received() const;

 private:
  // stop(job) must be safe in a signal handler.
  StopSignals(void* job, void (*stop)(void* job));
};

// "SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT".
[[nodiscard]] std::string_view stop_signal_name(int signal);

}  // namespace wordfire
