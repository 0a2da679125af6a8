// The epochs of a run: training, validation between them, early stopping, requests to end.
#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "core/backend.h"
#include "core/options.h"
#include "core/predictor.h"
#include "train/checkpoints.h"
#include "train/early_stopping.h"
#include "train/epoch_ranges.h"
#include "train/job_backend.h"
#include "train/progress_meter.h"
#include "train/stop_requests.h"
#include "train/training_data.h"
#include "train/training_job.h"
#include "train/training_state.h"

namespace wordfire {

class Epochs {
 public:
  // checkpoints: null for none. threads: for validation, and for training but where more of them
  // than processors only wait for each other. Everything outlives this object.
  Epochs(const Options& options, const TrainingEvents& events, const StopRequests& requests,
         TrainingData& data, Weights& weights, Checkpoints* checkpoints, int threads);

  // Trains, from where a checkpoint left it; `weights` are then those to be saved. Fills the
  // result's epochs, times, loss and scores. Throws Stopped when nothing is to be saved, Error
  // (internal) when training diverges.
  void run(TrainingResult& result);

  // All epochs are done: writes a checkpoint, from which another process can go on to save.
  void keep_result();

 private:
  [[nodiscard]] bool leaving() const { return requests_.leave.load(std::memory_order_acquire); }
  [[nodiscard]] bool is_done() const {
    return state_.epoch >= options_.args.epoch || best_.should_stop(state_.epoch);
  }
  void train_epoch();
  // The ranges of the corpus, a piece of the text or the whole. Returns false when left before its
  // end.
  [[nodiscard]] bool train_corpus();
  [[nodiscard]] RangePlan plan_of(const ExampleRange& range);
  // Returns false when it was left before its end.
  [[nodiscard]] bool train_range(const ExampleRange& range);
  // A pass should have the tokens that were counted.
  void warn_of_change() const;
  [[noreturn]] void fail_diverged(const RangeResult& end) const;
  void finish_epoch(double words_per_second);
  void take_best(TrainingResult& result);
  void add_times(TrainingResult& result) const;
  void score(TrainingResult& result);
  void score_training_text(TrainingResult& result);
  std::optional<ValidationScore> score_of_one_more_pass();

  const Options& options_;
  const TrainingEvents& events_;
  const StopRequests& requests_;
  TrainingData& data_;
  Weights& weights_;
  Checkpoints* checkpoints_;
  int threads_;
  JobBackend backend_;
  bool at_first_pass_ = true;  // that the data came with
  int64_t range_tokens_;
  const std::atomic<bool> to_end_ = false;  // never stops a range
  Predictor predictor_;
  EarlyStopping best_;
  TrainingState state_;
  ProgressMeter meter_;
};

}  // namespace wordfire
