// Whole epochs, as most tests of backends train them.
#pragma once

#include <utility>

#include "core/backend.h"

namespace wordfire {

// The plan of a whole epoch over a corpus that is the whole text.
[[nodiscard]] inline RangePlan plan_epoch(
    const Corpus& corpus, int32_t epoch, int32_t epochs, double lr, const std::atomic<bool>& stop,
    std::function<void(const RangeProgress&)> progress = nullptr) {
  return {.epoch = epoch,
          .epochs = epochs,
          .lr = lr,
          .epoch_tokens = corpus.tokens_before(corpus.examples()),
          .range = {0, corpus.examples()},
          .stop = stop,
          .progress = std::move(progress)};
}

}  // namespace wordfire
