// Which epoch was the best, and whether better ones can be hoped for.
#pragma once

#include "core/backend.h"
#include "core/options.h"
#include "train/training_job.h"

namespace wordfire {

// The best epoch so far, by precision at 1; of equal ones the first.
class EarlyStopping {
 public:
  EarlyStopping(const Options& options, const Weights& weights, int threads)
      : keep_weights_(options.early_stopping),
        min_epochs_(options.min_epochs),
        patience_(options.patience),
        threads_(threads) {
    if (!keep_weights_) return;
    best_weights_ = {SharedMatrix(weights.input.rows(), weights.input.dim()),
                     SharedMatrix(weights.output.rows(), weights.output.dim())};
  }

  // Returns whether this epoch is the best so far.
  bool offer(int epoch, const ValidationScore& score, const Weights& weights) {
    if (best_epoch_ > 0 && score.precision <= best_.precision) return false;
    best_epoch_ = epoch;
    best_ = score;
    if (keep_weights_) {
      best_weights_.input.copy_from(weights.input, threads_);
      best_weights_.output.copy_from(weights.output, threads_);
    }
    return true;
  }

  [[nodiscard]] bool should_stop(int epoch) const {
    return keep_weights_ && epoch >= min_epochs_ && epoch - best_epoch_ >= patience_;
  }
  [[nodiscard]] int best_epoch() const { return best_epoch_; }
  [[nodiscard]] const ValidationScore& best() const { return best_; }
  [[nodiscard]] const Weights& best_weights() const { return best_weights_; }

 private:
  bool keep_weights_;
  int min_epochs_;
  int patience_;
  int threads_;
  int best_epoch_ = 0;
  ValidationScore best_;
  Weights best_weights_;
};

}  // namespace wordfire
