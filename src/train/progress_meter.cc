#include "train/progress_meter.h"

namespace wordfire {

void ProgressMeter::start() {
  start_ = last_ = Clock::now();
  tokens_before_ = tokens(state_.in_epoch);
  seconds_before_ = state_.seconds;
}

void ProgressMeter::report(const RangeProgress& now, bool always) {
  constexpr double kShortest = 0.1;  // seconds
  if (!events_.progress || epoch_tokens_ == 0) return;
  if (!always && seconds_since(last_) < kShortest) return;
  last_ = Clock::now();
  const double elapsed = seconds_since(start_);
  const double done = tokens(now) - tokens_before_;
  const double all = static_cast<double>(epoch_tokens_) * epochs_;
  Progress progress;
  progress.fraction = tokens(now) / all;
  const double own_rate = elapsed > 0 ? done / elapsed : 0;
  progress.words_per_second_per_thread = own_rate / threads_;
  progress.words_per_second =
      own_rate * static_cast<double>(all_tokens_) / static_cast<double>(epoch_tokens_);
  progress.lr = now.lr;
  const int64_t examples = state_.examples + now.examples;
  progress.loss =
      examples > 0 ? (state_.loss_sum + now.loss_sum) / static_cast<double>(examples) : 0;
  progress.eta_seconds = done > 0 ? elapsed * (all - tokens(now)) / done : 0;
  events_.progress(progress);
}

}  // namespace wordfire
