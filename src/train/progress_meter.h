// Progress of a whole run, from what a backend says about an epoch.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/backend.h"
#include "train/training_job.h"

namespace wordfire {

// Turns a backend's reports into Progress, not more often than a terminal can show.
class ProgressMeter {
 public:
  ProgressMeter(const TrainingEvents& events, int64_t epoch_tokens, int32_t epochs, int threads)
      : events_(events), epoch_tokens_(epoch_tokens), epochs_(epochs), threads_(threads) {}

  // now: sums since the start of epoch 0, 1, ... that runs. always: even if the last report was a moment ago.
  void report(int32_t epoch, const RangeProgress& now, bool always);

  void finish_epoch(const RangeProgress& end) {
    examples_ += end.examples;
    loss_sum_ += end.loss_sum;
  }

  // Since it was made.
  [[nodiscard]] double seconds() const { return seconds_since(start_); }
  [[nodiscard]] double mean_loss() const {
    return examples_ > 0 ? loss_sum_ / static_cast<double>(examples_) : 0;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  const TrainingEvents& events_;
  int64_t epoch_tokens_;
  int32_t epochs_;
  int threads_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
  int64_t examples_ = 0;
  double loss_sum_ = 0;
};

}  // namespace wordfire
