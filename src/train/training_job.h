// A training run as one object: data, options and listeners in; a saved model, scores and events
// out. The command line and every other door use it. It owns epochs, validation, early stopping and
// saving.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/options.h"
#include "dist/communicator.h"
#include "train/corpus_report.h"
#include "train/model_files.h"
#include "train/stop_requests.h"

namespace wordfire {

struct Progress {
  double fraction = 0;  // of the whole run, [0, 1]
  double words_per_second = 0;
  double words_per_second_per_thread = 0;
  double lr = 0;
  double loss = 0;  // mean over the examples so far; 0 where it is not known yet
  double eta_seconds = 0;
};

struct ValidationScore {
  int64_t examples = 0;
  double precision = 0;  // at 1
  double recall = 0;
};

// Words are tokens of the text: those too rare for the vocabulary count, as in fastText.
struct EpochReport {
  int epoch = 0;    // 1, 2, ...
  double loss = 0;  // mean over its examples
  double lr = 0;    // at its end
  double words_per_second = 0;
  std::optional<ValidationScore> validation;
  bool best = false;          // the best score so far
  int epochs_since_best = 0;  // since how many epochs the score has not improved
};

// A checkpoint that was written, or from which training goes on.
struct CheckpointReport {
  std::string path;
  int epoch = 0;        // 1, 2, ...: that comes next, or goes on; epochs + 1 when all are done
  int epochs = 0;       // of the whole run, at most
  int64_t example = 0;  // of that epoch, that comes next
};

// Bytes, at most; told before the matrices are allocated.
struct MemoryEstimate {
  int64_t corpus = 0;   // encoded text in memory
  int64_t scratch = 0;  // encoded text in the scratch file
  int64_t matrices = 0;
  int64_t best_copy = 0;  // of the best weights, with early stopping
  int64_t workers = 0;    // what each thread has for itself
  int64_t other = 0;      // vocabulary, n-grams of words, buckets, buffers
  int64_t before = 0;     // the most that reading has taken
  [[nodiscard]] int64_t total() const {
    return std::max(before, corpus + matrices + best_copy + workers + other);
  }
};

// Called on the thread that calls run(), or on one worker while the others go on; never at the same
// time. Any may be empty.
struct TrainingEvents {
  std::function<void(int64_t tokens)> reading;
  std::function<void(const CorpusReport&)> corpus;
  std::function<void(const MemoryEstimate&)> memory;
  std::function<void(const std::string&)> device;  // which one trains, if that is worth a line
  std::function<void(const Progress&)> progress;
  std::function<void(const EpochReport&)> epoch;
  std::function<void(const CheckpointReport&)> checkpoint;  // was written
  std::function<void(const CheckpointReport&)> resumed;     // before the first epoch
  std::function<void(const std::string&)> warning;
};

struct TrainingResult {
  bool stopped = false;         // before there was a model to save; nothing was saved
  bool finished_early = false;  // by request_finish(): a model was saved
  bool checked_only = false;    // Options::check: nothing was trained
  int epochs = 0;               // trained to their ends
  int best_epoch = 0;           // whose weights were saved; of equal ones the first
  double loss = 0;
  double train_seconds = 0;     // of epochs and their validation
  double words_per_second = 0;  // words of all epochs / train_seconds
  int ranks = 1;
  // Of several ranks, in training:
  int64_t rounds = 0;                    // of an epoch
  int64_t bytes_sent = 0;                // by all of them (communicator.h: Traffic)
  double seconds_waited = 0;             // by one of them, on average
  double share_hidden = 0;               // of the time that exchanges took, while training went on
  std::optional<ValidationScore> train;  // of the saved weights, with Options::train_score
  bool train_is_estimate = false;        // of the end of a text not read once more
  std::optional<ValidationScore> validation;  // likewise
  std::vector<std::string> files;             // written
  std::string checkpoint;  // the last that this run wrote; empty for none, or when it is not needed
};

class TrainingJob {
 public:
  // options: checked against the option table by the caller (check_options()).
  TrainingJob(Options options, TrainingEvents events);
  // files: what is written instead of fastText's names for options.output.
  TrainingJob(Options options, TrainingEvents events, ModelFiles files);
  // One rank of several, each of which runs the same job (dist/communicator.h; it outlives this
  // object). Each reads its share of the text. Rank 0 alone tells events, but for warnings, and
  // writes files; for the others result.files is empty. What ends one ends all of them: an error
  // (the others throw one that names the rank and its error) and a request to stop or finish.
  TrainingJob(Options options, TrainingEvents events, Communicator& ranks);
  TrainingJob(Options options, TrainingEvents events, ModelFiles files, Communicator& ranks);

  // Reads, trains, saves OUTPUT.bin, OUTPUT.vec and OUTPUT.manifest.json (and OUTPUT.output with
  // save_output), or the files that were given. The folder of `output` is tried before anything is
  // read. Files that were there before stay as they were unless the whole run succeeds. With
  // checkpoint_dir it writes checkpoints, and with resume it goes on from one; they are removed
  // when the whole run is done. Throws Error; Error (usage) when there are checkpoints and resume
  // is not set; Error (internal) when training diverges, naming step and rate.
  TrainingResult run();

  // Asks run() to end soon without saving the model, with checkpoint_dir after a checkpoint; once
  // the first file has its name, saving goes on to its end. Safe in a signal handler and from any
  // thread.
  void request_stop() noexcept { requests_.stop(); }

  // Asks run() to end training soon and to save what there is: the weights of the best epoch with
  // early stopping, else those of the moment. While the text is still read there is nothing to
  // save: it is then the same as request_stop(). Safe in a signal handler and from any thread.
  void request_finish() noexcept { requests_.finish(); }

 private:
  Options options_;
  ModelFiles files_;
  TrainingEvents events_;
  std::unique_ptr<Communicator> alone_;  // where none was given
  Communicator& ranks_;
  StopRequests requests_;
};

}  // namespace wordfire
