// The epochs of a run: training, validation between them, early stopping, requests to end.
#pragma once

#include <vector>

#include "core/backend.h"
#include "core/options.h"
#include "core/predictor.h"
#include "train/early_stopping.h"
#include "train/epoch_ranges.h"
#include "train/job_backend.h"
#include "train/progress_meter.h"
#include "train/stop_requests.h"
#include "train/training_data.h"
#include "train/training_job.h"

namespace wordfire {

class Epochs {
 public:
  // threads: for validation, and for training but where more of them than processors only wait for
  // each other. Everything outlives this object.
  Epochs(const Options& options, const TrainingEvents& events, const StopRequests& requests,
         const TrainingData& data, Weights& weights, int threads);

  // Trains; `weights` are then those to be saved. Fills the result's epochs, times, loss and
  // scores. Throws Stopped when nothing is to be saved, Error (internal) when training diverges.
  void run(TrainingResult& result);

 private:
  RangeProgress train_epoch(int epoch);  // returns the sums of the epoch
  [[noreturn]] void fail_diverged(int epoch, const RangeResult& end) const;
  void finish_epoch(int epoch, const RangeProgress& end, double seconds, TrainingResult& result);
  [[nodiscard]] bool leaving() const { return requests_.leave.load(std::memory_order_acquire); }
  void take_best(TrainingResult& result);
  void add_times(const RangeProgress& unfinished, TrainingResult& result) const;
  void score(TrainingResult& result) const;

  const Options& options_;
  const TrainingEvents& events_;
  const StopRequests& requests_;
  const TrainingData& data_;
  Weights& weights_;
  int threads_;
  JobBackend backend_;
  std::vector<ExampleRange> ranges_;  // of an epoch
  Predictor predictor_;
  EarlyStopping best_;
  ProgressMeter meter_;
};

}  // namespace wordfire
