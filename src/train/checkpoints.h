// Checkpoints of a run that trains: written now and then, found again by the next process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/backend.h"
#include "core/options.h"
#include "io/checkpoint_file.h"
#include "train/checkpoint_document.h"
#include "train/checkpoint_folder.h"
#include "train/early_stopping.h"
#include "train/training_data.h"
#include "train/training_job.h"

namespace wordfire {

class Checkpoints {
 public:
  // weights: as training begins with them. Everything outlives this object. Throws Error (io) when
  // the disk has no room for them.
  Checkpoints(const Options& options, const TrainingEvents& events, CheckpointFolder& folder,
              const TrainingData& data, Weights& weights, int32_t ranks);

  // With Options::resume: takes state, weights and best epoch from the newest checkpoint that is
  // whole, if it is of this run; tells events.resumed, or why not as a warning. Throws Error (io).
  void resume(TrainingState& state, EarlyStopping& best);

  // Writes one, unless the last one is of the same place; those before the last two go. A disk that
  // is full, or a weight that is not a number, is a warning: what is there stays.
  void write(const TrainingState& state, const EarlyStopping& best);
  // The same at the end of an epoch, unless the last one was written so lately that writing would
  // take more than a tenth of the time.
  void write_at_epoch_end(const TrainingState& state, const EarlyStopping& best);
  // The same if one is due.
  void write_if_due(const TrainingState& state, const EarlyStopping& best);
  // Whether Options::checkpoint_minutes have passed.
  [[nodiscard]] bool is_due() const;

  // The path of the last that was written or resumed from; empty for none.
  [[nodiscard]] const std::string& last() const { return last_; }

 private:
  [[nodiscard]] std::vector<CheckpointShape> shapes(bool with_best) const;
  [[nodiscard]] bool write_rows(AtomicFile& file, const CheckpointDocument& document,
                                const EarlyStopping& best) const;
  void resume_from(const std::string& path, TrainingState& state, EarlyStopping& best);
  void find_place(int32_t ranks_then, TrainingState& state) const;
  void check_fits(const CheckpointReader& reader, const CheckpointDocument& document,
                  const std::string& path) const;
  void remember(const std::string& path, const TrainingState& state);
  void warn(const std::string& message) const;

  const Options& options_;
  const TrainingEvents& events_;
  CheckpointFolder& folder_;
  const TrainingData& data_;
  Weights& weights_;
  RunIdentity identity_;
  int64_t input_rows_;  // in use
  std::vector<std::string> damaged_;
  std::string last_;
  int32_t epoch_of_last_ = -1;
  int64_t example_of_last_ = -1;
  double last_end_;  // seconds of a steady clock: when the last was written, or training began
  double seconds_of_last_ = 0;  // that writing took
};

}  // namespace wordfire
