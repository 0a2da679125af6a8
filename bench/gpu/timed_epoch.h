// How long an epoch of a backend takes: as a whole, and without what stands before its first report
// and behind its last one: weights and text on their way to the GPU, and weights on their way back.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "core/backend.h"

namespace wordfire {

struct TimedEpoch {
  RangeResult result;
  double seconds = 0;
  double tokens_per_second = 0;
  // From the first report to the last; as above where there is but one.
  double without_copies = 0;
};

[[nodiscard]] inline RangePlan plan_of_epoch(const Corpus& corpus, int32_t epoch, int32_t epochs,
                                             double lr) {
  static const std::atomic<bool> kNoStop = false;
  return {.epoch = epoch,
          .epochs = epochs,
          .lr = lr,
          .epoch_tokens = corpus.tokens_before(corpus.examples()),
          .range = {0, corpus.examples()},
          .stop = kNoStop};
}

[[nodiscard]] inline double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

[[nodiscard]] inline TimedEpoch time_epoch(Backend& backend, RangePlan plan) {
  using Clock = std::chrono::steady_clock;
  TimedEpoch timed;
  const auto start = Clock::now();
  Clock::time_point first;
  int64_t tokens_at_first = 0;
  double since_first = 0;
  int64_t tokens = 0;
  plan.progress = [&](const RangeProgress& now) {
    if (tokens_at_first == 0) {
      first = Clock::now();
      tokens_at_first = now.tokens;
    }
    since_first = seconds_since(first);
    tokens = now.tokens - tokens_at_first;
  };
  timed.result = backend.train(plan);
  backend.give_weights();
  timed.seconds = seconds_since(start);
  timed.tokens_per_second = static_cast<double>(timed.result.end.tokens) / timed.seconds;
  timed.without_copies = since_first > 0 && tokens > 0 ? static_cast<double>(tokens) / since_first
                                                       : timed.tokens_per_second;
  return timed;
}

}  // namespace wordfire
