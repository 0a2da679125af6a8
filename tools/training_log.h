// What a training run says on standard error: fastText's lines, then ours.
#pragma once

#include <cstdint>
#include <string>

#include "train/training_job.h"

namespace wordfire {

// fastText's progress line, without line ends: "Progress:  12.3% words/sec/thread: ...".
[[nodiscard]] std::string format_progress(const Progress& progress);

// One line, ended: "Memory: 1.5 GiB: 1.2 GiB for the vectors, 0.3 GiB for the text".
[[nodiscard]] std::string format_memory(const MemoryEstimate& estimate);

// One line, ended: "Epoch 3: validation P@1 0.912 R@1 0.912 (3000 lines), loss 0.512, the best so
// far".
[[nodiscard]] std::string format_epoch(const EpochReport& report);

// "before epoch 3 of 10", "in epoch 3 of 10, before example 5001", "all epochs are done".
[[nodiscard]] std::string format_place(const CheckpointReport& report);

// One line, ended: "Training text: P@1 0.9866 R@1 0.9866 (112000 lines)".
[[nodiscard]] std::string format_train_score(const ValidationScore& score);

// One line, ended: what several ranks have sent each other, and what that cost.
[[nodiscard]] std::string format_traffic(const TrainingResult& result);

// verbose 0: nothing; 1: what was read, epochs, the last progress line, files; 2: progress while it
// works.
class TrainingLog {
 public:
  explicit TrainingLog(int32_t verbose) : verbose_(verbose) {}

  // Listeners that print; they refer to this object.
  [[nodiscard]] TrainingEvents events();
  // To be called when run() has returned.
  void finish(const TrainingResult& result);
  // Ends a line that progress left open; a message may follow.
  void end_line();

 private:
  void reading(int64_t tokens);
  void corpus(const CorpusReport& report);
  void progress(const Progress& progress);
  void print(const std::string& lines);

  int32_t verbose_;
  bool line_open_ = false;
  int64_t millions_read_ = 0;
};

}  // namespace wordfire
