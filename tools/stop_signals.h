// SIGINT and SIGTERM ask a training run to stop; a second one ends the program at once.
#pragma once

#include <string_view>

#include "train/training_job.h"

namespace wordfire {

// While it lives, the first SIGINT or SIGTERM calls job.request_stop() and gives both signals back
// their default action. A signal that the program was started to ignore stays ignored. One at a
// time.
class StopSignals {
 public:
  explicit StopSignals(TrainingJob& job);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  // The signal that came, or 0.
  [[nodiscard]] int received() const;
};

// "SIGINT", "SIGTERM".
[[nodiscard]] std::string_view stop_signal_name(int signal);

}  // namespace wordfire
