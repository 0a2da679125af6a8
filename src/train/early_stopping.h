// Which epoch was the best, and whether better ones can be hoped for.
#pragma once

#include "core/backend.h"
#include "core/options.h"
#include "train/training_state.h"

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
    if (best_.epoch > 0 && score.precision <= best_.score.precision) return false;
    best_ = {epoch, score};
    if (keep_weights_) {
      best_weights_.input.copy_from(weights.input, threads_);
      best_weights_.output.copy_from(weights.output, threads_);
    }
    return true;
  }

  [[nodiscard]] bool should_stop(int epoch) const {
    return keep_weights_ && epoch >= min_epochs_ && epoch - best_.epoch >= patience_;
  }
  [[nodiscard]] const BestEpoch& best() const { return best_; }
  // Whether best_weights() are those of best().
  [[nodiscard]] bool keeps_weights() const { return keep_weights_ && best_.epoch > 0; }
  [[nodiscard]] const Weights& best_weights() const { return best_weights_; }
  [[nodiscard]] Weights& best_weights() { return best_weights_; }

  // Goes on from an earlier process; fill(weights) writes the best weights where they are kept.
  template <typename Fill>
  void resume(const BestEpoch& best, Fill fill) {
    best_ = best;
    if (keeps_weights()) fill(best_weights_);
  }

 private:
  bool keep_weights_;
  int min_epochs_;
  int patience_;
  int threads_;
  BestEpoch best_;
  Weights best_weights_;
};

}  // namespace wordfire
