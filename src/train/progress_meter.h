// Progress of a whole run, from what a backend says about an epoch.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/backend.h"
#include "train/training_state.h"

namespace wordfire {

// Turns a backend's reports into Progress, not more often than a terminal can show.
class ProgressMeter {
 public:
  // state: of the run; outlives this object. epoch_tokens: of this rank's share, or what else its
  // progress is counted in. all_tokens: of all.
  ProgressMeter(const TrainingEvents& events, const TrainingState& state, int64_t epoch_tokens,
                int64_t all_tokens, int32_t epochs, int threads)
      : events_(events),
        state_(state),
        epoch_tokens_(epoch_tokens),
        all_tokens_(all_tokens),
        epochs_(epochs),
        threads_(threads) {}

  // Training begins now, where `state` is.
  void start();
  // now: of the epoch that runs, from its beginning. always: even if the last report was a moment
  // ago.
  void report(const RangeProgress& now, bool always);

  // Of training, in earlier processes too.
  [[nodiscard]] double seconds() const { return seconds_before_ + seconds_since(start_); }

 private:
  using Clock = std::chrono::steady_clock;
  static double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }
  // Of the whole run until `now`.
  [[nodiscard]] double tokens(const RangeProgress& now) const {
    return static_cast<double>(epoch_tokens_) * state_.epoch + static_cast<double>(now.tokens);
  }

  const TrainingEvents& events_;
  const TrainingState& state_;
  int64_t epoch_tokens_;
  int64_t all_tokens_;
  int32_t epochs_;
  int threads_;
  Clock::time_point start_;
  Clock::time_point last_;
  double tokens_before_ = 0;
  double seconds_before_ = 0;
};

}  // namespace wordfire
