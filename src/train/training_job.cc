#include "train/training_job.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
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
#include "train/device_choice.h"
#include "train/epochs.h"
#include "train/first_weights.h"
#include "train/learning_curves.h"
#include "train/model_saver.h"
#include "train/run_input.h"
#include "train/training_data.h"

namespace wordfire {
namespace {

// Fails now, not after hours, if the model cannot be written, or would be written over its text.
void try_output(const Options& options, const ModelFiles& files) {
  if (options.output.empty())
    throw Error::usage("option -output: not given, want the prefix of the model's files");
  const std::vector<std::string> outputs = files.paths();
  refuse_overwriting(list_files(options.input, options.sharded), outputs);
  refuse_overwriting(list_files(options.validation, options.sharded_validation), outputs);
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

// Ranks on one machine divide its processors, unless a launcher has given each its own.
int threads_of_rank(const Options& options, Communicator& ranks) {
  if (ranks.size() == 1) return options.thread > 0 ? options.thread : available_threads();
  cpu_set_t processors;
  CPU_ZERO(&processors);
  (void)::sched_getaffinity(0, sizeof(processors), &processors);
  const std::string mine =
      ranks.host(ranks.rank()) +
      std::string(reinterpret_cast<const char*>(&processors), sizeof(processors));
  const std::vector<std::string> all = ranks.all_gather(mine);
  if (options.thread > 0) return options.thread;  // which may be so on this rank alone
  const auto beside = static_cast<int>(std::ranges::count(all, mine));
  return std::max(1, available_threads() / beside);
}

// A rank but the first is silent where all is well.
TrainingEvents warnings_of_rank(const TrainingEvents& events, const Communicator& ranks) {
  TrainingEvents warnings;
  if (!events.warning) return warnings;
  warnings.warning = [warn = events.warning, name = name_of_rank(ranks, ranks.rank())](
                         const std::string& message) { warn(name + ": " + message); };
  return warnings;
}

// One run: what TrainingJob::run() needs from its first step to its last.
class Run {
 public:
  Run(const Options& options, const ModelFiles& files, const TrainingEvents& events,
      const StopRequests& requests, Communicator& ranks)
      : options_(options),
        files_(files),
        events_(ranks.rank() == 0 ? events : warnings_of_rank(events, ranks)),
        requests_(requests),
        ranks_(ranks),
        threads_(threads_of_rank(options, ranks)),
        device_(choose_device(options, threads_, place_on_host(ranks), gpus_of_this_machine())) {}

  TrainingResult execute() {
    if (!options_.check && ranks_.rank() == 0) {
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
    read();
    if (options_.check) {
      result_.checked_only = true;
      return;
    }
    if (ranks_.rank() == 0) check_disk_room(files_.bin, bytes_of_rows(*data_.model), "-output");
    weights_ = make_first_weights(options_, data_, threads_);
    if (folder_) checkpoints_.emplace(options_, events_, *folder_, data_, weights_, ranks_.size());
    Epochs epochs(options_, events_, requests_, data_, weights_,
                  checkpoints_ ? &*checkpoints_ : nullptr, ranks_, device_, threads_);
    epochs.run(result_);
    if (ranks_.rank() != 0) return await_saved();
    try {
      save();
    } catch (const Stopped&) {
      epochs.keep_result();
      tell_saved(false);
      throw;
    }
    drop_checkpoints();
    tell_saved(true);
  }

  // Either all ranks go on from here or none: some may have been asked to leave in the last moment.
  void read() {
    ranks_.interrupt_with(&requests_.leave);
    try {
      data_ = read_training_data(options_, events_, ranks_, threads_, requests_.leave, device_.gpu);
      std::array<int64_t, 1> leaving = {requests_.leave ? 1 : 0};
      ranks_.sum(std::span(leaving));
      if (leaving[0] > 0) throw Stopped();
    } catch (const Stopped&) {
      ranks_.abandon();
      throw;
    }
    ranks_.interrupt_with(nullptr);
  }

  // Nobody leaves before the model is there: in some places the first process that ends takes the
  // others with it.
  void tell_saved(bool saved) { ranks_.broadcast(std::as_writable_bytes(std::span(&saved, 1)), 0); }
  void await_saved() {
    bool saved = false;
    ranks_.broadcast(std::as_writable_bytes(std::span(&saved, 1)), 0);
    if (!saved) throw Stopped();
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
        fmt::format(R"({{"epochs": {}, "best_epoch": {})", result_.epochs, result_.best_epoch);
    if (result_.finished_early) json += ", \"finished_early\": true";
    if (options_.deterministic) json += fmt::format(", \"loss\": {:.6g}", result_.loss);
    json += score_json("train", result_.train) + score_json("validation", result_.validation);
    return json + "}";
  }

  static std::string score_json(std::string_view of, const std::optional<ValidationScore>& score) {
    if (!score) return "";
    return fmt::format(R"(, "{0}_examples": {1}, "{0}_precision": {2:.6g}, "{0}_recall": {3:.6g})",
                       of, score->examples, score->precision, score->recall);
  }

  const Options& options_;
  const ModelFiles& files_;
  TrainingEvents events_;
  const StopRequests& requests_;
  Communicator& ranks_;
  int threads_;
  DeviceChoice device_;
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
      events_(std::move(events)),
      alone_(make_one_process()),
      ranks_(*alone_) {}

TrainingJob::TrainingJob(Options options, TrainingEvents events, ModelFiles files)
    : options_(std::move(options)),
      files_(std::move(files)),
      events_(std::move(events)),
      alone_(make_one_process()),
      ranks_(*alone_) {}

TrainingJob::TrainingJob(Options options, TrainingEvents events, Communicator& ranks)
    : options_(std::move(options)),
      files_(model_files(options_.output, options_.save_output)),
      events_(std::move(events)),
      ranks_(ranks) {}

TrainingJob::TrainingJob(Options options, TrainingEvents events, ModelFiles files,
                         Communicator& ranks)
    : options_(std::move(options)),
      files_(std::move(files)),
      events_(std::move(events)),
      ranks_(ranks) {}

TrainingResult TrainingJob::run() {
  ranks_.share({&requests_.leave, &requests_.discard});
  const auto end = [this] {
    ranks_.interrupt_with(nullptr);
    ranks_.share({});
  };
  try {
    TrainingResult result = Run(options_, files_, events_, requests_, ranks_).execute();
    end();
    return result;
  } catch (const Error& error) {
    ranks_.fail(error);
    end();
    throw;
  } catch (const std::exception& error) {
    ranks_.fail(Error::internal(error.what()));
    end();
    throw;
  }
}

}  // namespace wordfire
