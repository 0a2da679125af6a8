#include "train/progress_meter.h"

namespace wordfire {

void ProgressMeter::report(int32_t epoch, const RangeProgress& now, bool always) {
  constexpr double kShortest = 0.1;  // seconds
  if (!events_.progress) return;
  if (!always && seconds_since(last_) < kShortest) return;
  last_ = Clock::now();
  const double elapsed = seconds();
  const double tokens =
      static_cast<double>(epoch_tokens_) * epoch + static_cast<double>(now.tokens);
  Progress progress;
  progress.fraction = tokens / (static_cast<double>(epoch_tokens_) * epochs_);
  progress.words_per_second = elapsed > 0 ? tokens / elapsed : 0;
  progress.words_per_second_per_thread = progress.words_per_second / threads_;
  progress.lr = now.lr;
  const int64_t examples = examples_ + now.examples;
  progress.loss = examples > 0 ? (loss_sum_ + now.loss_sum) / static_cast<double>(examples) : 0;
  progress.eta_seconds =
      progress.fraction > 0 ? elapsed * (1 - progress.fraction) / progress.fraction : 0;
  events_.progress(progress);
}

}  // namespace wordfire
