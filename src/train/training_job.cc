#include "train/training_job.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/option_value.h"
#include "core/parallel.h"
#include "core/stopped.h"
#include "io/atomic_file.h"
#include "io/byte_source.h"
#include "io/disk_room.h"
#include "io/overwriting.h"
#include "io/scratch_file.h"
#include "train/checkpoint_folder.h"
#include "train/checkpoints.h"
#include "train/epochs.h"
#include "train/first_weights.h"
#include "train/learning_curves.h"
#include "train/model_saver.h"
#include "train/training_data.h"

namespace wordfire {
namespace {

// Fails now, not after hours, if the model cannot be written, or would be written over its text.
void try_output(const Options& options, const ModelFiles& files) {
  if (options.output.empty())
    throw Error::usage("option -output: not given, want the prefix of the model's files");
  const std::vector<std::string> outputs = files.paths();
  refuse_overwriting(list_input_files(options.input), outputs);
  refuse_overwriting(list_input_files(options.validation), outputs);
  refuse_overwriting(std::vector{options.prepare, options.pretrained_vectors}, outputs);
  for (const std::string& output : outputs) AtomicFile probe(output);
  if (!options.scratch_dir.empty()) ScratchFile probe(options.scratch_dir);
}

// The rows of a model file; names and numbers as text come on top.
int64_t bytes_of_rows(const Model& model) {
  const Dictionary& dictionary = model.dictionary;
  const bool is_classifier = model.args.model == ModelKind::kSupervised;
  const int64_t output = is_classifier ? dictionary.nlabels() : dictionary.nwords();
  return (int64_t{dictionary.nwords()} + model.args.bucket + output) * model.args.dim *
         int64_t{sizeof(float)};
}

// One run: what TrainingJob::run() needs from its first step to its last.
class Run {
 public:
  Run(const Options& options, const ModelFiles& files, const TrainingEvents& events,
      const StopRequests& requests)
      : options_(options),
        files_(files),
        events_(events),
        requests_(requests),
        threads_(options.thread > 0 ? options.thread : available_threads()) {}

  TrainingResult execute() {
    if (!options_.check) {
      try_output(options_, files_);
      open_checkpoints();
      open_curves();
    }
    try {
      read_train_save();
    } catch (const Stopped&) {
      result_.stopped = true;
    }
    if (checkpoints_) result_.checkpoint = checkpoints_->last();
    return result_;
  }

 private:
  void read_train_save() {
    data_ = read_training_data(options_, events_, threads_, requests_.leave);
    if (options_.check) {
      result_.checked_only = true;
      return;
    }
    check_disk_room(files_.bin, bytes_of_rows(*data_.model), "-output");
    weights_ = make_first_weights(options_, data_, threads_);
    if (folder_) checkpoints_.emplace(options_, events_, *folder_, data_, weights_);
    Epochs epochs(options_, events_, requests_, data_, weights_,
                  checkpoints_ ? &*checkpoints_ : nullptr, threads_);
    epochs.run(result_);
    try {
      save();
    } catch (const Stopped&) {
      epochs.keep_result();
      throw;
    }
    drop_checkpoints();
  }

  // Work that was interrupted is not lost by a command that was typed again.
  void open_checkpoints() {
    if (options_.checkpoint_dir.empty()) return;
    folder_.emplace(options_.checkpoint_dir);
    const std::vector<std::string> found = folder_->files();
    if (options_.resume || found.empty()) return;
    throw Error::usage(fmt::format(
        "option -checkpointDir: {} is of a run that has not ended; give -resume to go on from it, "
        "or another folder",
        found.front()));
  }

  // Curves listen before others do.
  void open_curves() {
    if (options_.tensorboard.empty()) return;
    curves_.emplace(options_.tensorboard, events_.warning);
    events_.epoch = [this, next = events_.epoch](const EpochReport& report) {
      curves_->add(report);
      if (next) next(report);
    };
    events_.resumed = [this, next = events_.resumed](const CheckpointReport& report) {
      curves_->restart_at(report.epoch);
      if (next) next(report);
    };
  }

  // A run that has ended needs none.
  void drop_checkpoints() {
    if (!checkpoints_ || result_.finished_early) return;
    folder_->keep(0, {});
    checkpoints_.reset();
  }

  void save() {
    SaveRequest request;
    request.files = files_;
    request.threads = threads_;
    request.options_json = options_json(options_);
    request.recipe_json = data_.recipe_json;
    request.metrics_json = metrics_json();
    result_.files = save_trained_model({*data_.model, weights_, data_.buckets, data_.subwords,
                                        static_cast<uint64_t>(options_.seed)},
                                       request, requests_.discard);
  }

  // Scores of the saved weights; no times, so that equal runs leave equal files.
  [[nodiscard]] std::string metrics_json() const {
    std::string json =
        fmt::format("{{\"epochs\": {}, \"best_epoch\": {}", result_.epochs, result_.best_epoch);
    if (result_.finished_early) json += ", \"finished_early\": true";
    if (options_.deterministic) json += fmt::format(", \"loss\": {:.6g}", result_.loss);
    json += score_json("train", result_.train) + score_json("validation", result_.validation);
    return json + "}";
  }

  static std::string score_json(std::string_view of, const std::optional<ValidationScore>& score) {
    if (!score) return "";
    return fmt::format(
        ", \"{0}_examples\": {1}, \"{0}_precision\": {2:.6g}, \"{0}_recall\": {3:.6g}", of,
        score->examples, score->precision, score->recall);
  }

  const Options& options_;
  const ModelFiles& files_;
  TrainingEvents events_;
  const StopRequests& requests_;
  int threads_;
  TrainingData data_;
  Weights weights_;
  std::optional<CheckpointFolder> folder_;
  std::optional<Checkpoints> checkpoints_;
  std::optional<LearningCurves> curves_;
  TrainingResult result_;
};

}  // namespace

TrainingJob::TrainingJob(Options options, TrainingEvents events)
    : options_(std::move(options)),
      files_(model_files(options_.output, options_.save_output)),
      events_(std::move(events)) {}

TrainingJob::TrainingJob(Options options, TrainingEvents events, ModelFiles files)
    : options_(std::move(options)), files_(std::move(files)), events_(std::move(events)) {}

TrainingResult TrainingJob::run() { return Run(options_, files_, events_, requests_).execute(); }

}  // namespace wordfire
