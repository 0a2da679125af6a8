// How far a run has come: with the weights, all that training needs to go on.
#pragma once

#include <cstdint>
#include <optional>

#include "core/backend.h"
#include "train/training_job.h"

namespace wordfire {

struct TrainingState {
  int32_t epoch = 0;       // 0, 1, ...: the one that comes next; those before it are complete
  int64_t example = 0;     // of that epoch: the one that comes next
  RangeProgress in_epoch;  // what is done of that epoch
  int64_t round = 0;       // of that epoch, with several ranks: the one that comes next
  int64_t examples = 0;    // of complete epochs, whose losses are in loss_sum
  double loss_sum = 0;
  double seconds = 0;                         // trained, in earlier processes too
  std::optional<ValidationScore> validation;  // of the last complete epoch

  [[nodiscard]] double mean_loss() const {
    const int64_t all = examples + in_epoch.examples;
    return all > 0 ? (loss_sum + in_epoch.loss_sum) / static_cast<double>(all) : 0;
  }
  void finish_epoch() {
    examples += in_epoch.examples;
    loss_sum += in_epoch.loss_sum;
    in_epoch = {};
    example = 0;
    round = 0;
    ++epoch;
  }
};

// The best epoch on the validation text so far; 0: none yet.
struct BestEpoch {
  int32_t epoch = 0;
  ValidationScore score;
};

}  // namespace wordfire
