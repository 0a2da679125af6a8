// The epochs of a run: training, validation between them, early stopping, requests to end.
#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "core/backend.h"
#include "core/options.h"
#include "core/predictor.h"
#include "dist/communicator.h"
#include "dist/replicas.h"
#include "train/checkpoints.h"
#include "train/early_stopping.h"
#include "train/epoch_ranges.h"
#include "train/job_backend.h"
#include "train/progress_meter.h"
#include "train/rank_rounds.h"
#include "train/round_pace.h"
#include "train/stop_requests.h"
#include "train/text_score.h"
#include "train/training_data.h"
#include "train/training_job.h"
#include "train/training_state.h"

namespace wordfire {

class Epochs {
 public:
  // checkpoints: null for none, and on all ranks but the first. threads: for validation, and for
  // training but where more of them than processors only wait for each other. Everything outlives
  // this object.
  // device: what trains.
  Epochs(const Options& options, const TrainingEvents& events, const StopRequests& requests,
         TrainingData& data, Weights& weights, Checkpoints* checkpoints, Communicator& ranks,
         DeviceChoice device, int threads);

  // Trains, from where a checkpoint left it; `weights` are then those to be saved, on all ranks.
  // Fills the result's epochs, times, loss, scores and traffic. Throws Stopped when nothing is to
  // be saved, Error (internal) when training diverges.
  void run(TrainingResult& result);

  // All epochs are done: writes a checkpoint, from which another process can go on to save.
  void keep_result();

 private:
  // Several ranks leave where they have agreed to.
  [[nodiscard]] bool leaving() const {
    return replicas_ ? agreed_.leave : requests_.leave.load(std::memory_order_acquire);
  }
  [[nodiscard]] bool discarding() const {
    return replicas_ ? agreed_.discard : requests_.discard.load();
  }
  [[nodiscard]] bool is_done() const {
    return state_.epoch >= options_.args.epoch || best_.should_stop(state_.epoch);
  }
  [[nodiscard]] Device device_kind() const {
    return backend_.device().gpu ? Device::kGpu : Device::kCpu;
  }
  void tell_device() const;
  void train_epoch();
  void begin_pass();
  [[nodiscard]] bool train_pieces();
  // The ranges of the corpus, a piece of the text or the whole. Returns false when left before its
  // end.
  [[nodiscard]] bool train_corpus();
  // Rounds with the other ranks. Returns false when left before the end of the epoch.
  [[nodiscard]] bool train_rounds();
  // Trains the examples of this rank's share until so many of its tokens are done.
  void train_to(int64_t tokens);
  // When `rounds` were trained since the last time, from `begin` on by the meter's clock.
  [[nodiscard]] RankWishes exchange(int64_t rounds, double begin);
  void skip_to(int64_t tokens);
  template <typename Take>
  void take_examples_to(int64_t tokens, Take take);
  [[nodiscard]] RankWishes wishes() const;
  [[nodiscard]] double lr_of_round() const;
  [[nodiscard]] bool settles_at_end_of_epoch() const;
  void settle();
  void give_weights() { backend_.backend().give_weights(); }
  // Whether anybody looks at the weights now that an epoch is over.
  [[nodiscard]] bool shows_weights() const { return data_.validation || checkpoints_ != nullptr; }
  void write_checkpoint();
  // What is done, of all ranks together.
  [[nodiscard]] TrainingState state_of_all();
  // All ranks go on from what the first one has read.
  void share_resumed();
  [[nodiscard]] RangePlan plan_of(const ExampleRange& range);
  // Returns false when it was left before its end.
  [[nodiscard]] bool train_range(const ExampleRange& range);
  // A pass should have the tokens that were counted.
  void warn_of_change() const;
  [[noreturn]] void fail_diverged(const RangeResult& end) const;
  void finish_epoch(double words_per_second);
  void take_best(TrainingResult& result);
  void add_times(TrainingResult& result) const;
  void add_traffic(TrainingResult& result);
  [[nodiscard]] ValidationScore validation_score();
  void score(TrainingResult& result);
  void score_training_text(TrainingResult& result);
  void add_corpus(TextScore& score);
  [[nodiscard]] TextScore score_of_one_more_pass();

  const Options& options_;
  const TrainingEvents& events_;
  const StopRequests& requests_;
  TrainingData& data_;
  Weights& weights_;
  Checkpoints* checkpoints_;
  Communicator& ranks_;
  int threads_;
  JobBackend backend_;
  bool at_first_pass_ = true;  // that the data came with
  int64_t range_tokens_;
  const std::atomic<bool> to_end_ = false;  // never stops a range
  Predictor predictor_;
  EarlyStopping best_;
  TrainingState state_;
  ProgressMeter meter_;
  // With several ranks:
  RankRounds rounds_;
  RoundPace pace_{1};
  std::optional<Replicas> replicas_;
  RankWishes agreed_;
  Traffic traffic_before_;  // training
};

}  // namespace wordfire
