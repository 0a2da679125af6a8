// How the learning rate falls: linearly with the tokens that are done, as in fastText.
#pragma once

#include <cstdint>

#include "core/host_device.h"

namespace wordfire {

// Of one epoch of a run.
struct LearningRate {
  double start;           // of the first epoch
  int32_t epoch;          // 0, 1, ...
  int32_t epochs;         // at the end of the last one the rate is 0
  int64_t epoch_tokens;   // of the whole text
  int64_t tokens_before;  // of the epoch, in front of the corpus

  // After `tokens` tokens of the corpus.
  [[nodiscard]] WORDFIRE_HD float at(int64_t tokens) const {
    const auto of_epoch = static_cast<double>(tokens_before + tokens);
    const double done = (epoch + of_epoch / static_cast<double>(epoch_tokens)) / epochs;
    return static_cast<float>(start * (1.0 - (done < 1.0 ? done : 1.0)));
  }
};

}  // namespace wordfire
