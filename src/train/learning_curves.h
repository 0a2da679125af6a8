// The curves of a run in TensorBoard, a point an epoch.
#pragma once

#include <string>

#include "io/event_file.h"
#include "train/training_job.h"

namespace wordfire {

class LearningCurves {
 public:
  // warning: called once if writing fails, which ends the curves and not the run. Throws Error
  // (cannot_create).
  LearningCurves(const std::string& folder, std::function<void(const std::string&)> warning);

  // Epochs from `epoch` (1, 2, ...) on are trained again.
  void restart_at(int epoch);
  // train/loss, train/learning_rate, train/words_per_second, and validation/accuracy if the epoch
  // was scored, at step report.epoch.
  void add(const EpochReport& report);

 private:
  template <typename Write>
  void write(Write write);

  EventFile file_;
  std::function<void(const std::string&)> warning_;
  bool failed_ = false;
};

}  // namespace wordfire
