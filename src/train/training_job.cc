#include "train/training_job.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "core/backend.h"
#include "core/error.h"
#include "core/option_value.h"
#include "core/parallel.h"
#include "core/stopped.h"
#include "io/atomic_file.h"
#include "io/byte_source.h"
#include "io/disk_room.h"
#include "io/overwriting.h"
#include "io/scratch_file.h"
#include "train/model_saver.h"
#include "train/training_data.h"
#include "train/validation.h"

namespace wordfire {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Fails now, not after hours, if the model cannot be written, or would be written over its text.
void try_output(const Options& options) {
  if (options.output.empty())
    throw Error::usage("option -output: not given, want the prefix of the model's files");
  const std::vector<std::string> outputs = model_files(options.output, options.save_output);
  refuse_overwriting(list_input_files(options.input), outputs);
  refuse_overwriting(list_input_files(options.validation), outputs);
  refuse_overwriting(std::vector{options.prepare}, outputs);
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

// Turns a backend's reports into Progress, not more often than a terminal can show.
class ProgressMeter {
 public:
  ProgressMeter(const TrainingEvents& events, int64_t epoch_tokens, int32_t epochs, int threads)
      : events_(events), epoch_tokens_(epoch_tokens), epochs_(epochs), threads_(threads) {}

  void report(int32_t epoch, const EpochProgress& now, bool always) {
    if (!events_.progress) return;
    if (!always && seconds_since(last_) < 0.1) return;
    last_ = Clock::now();
    const double seconds = seconds_since(start_);
    const double tokens =
        static_cast<double>(epoch_tokens_) * epoch + static_cast<double>(now.tokens);
    Progress progress;
    progress.fraction = tokens / (static_cast<double>(epoch_tokens_) * epochs_);
    progress.words_per_second_per_thread = seconds > 0 ? tokens / seconds / threads_ : 0;
    progress.lr = now.lr;
    const int64_t examples = examples_ + now.examples;
    progress.loss = examples > 0 ? (loss_sum_ + now.loss_sum) / static_cast<double>(examples) : 0;
    progress.eta_seconds =
        progress.fraction > 0 ? seconds * (1 - progress.fraction) / progress.fraction : 0;
    events_.progress(progress);
  }

  void finish_epoch(const EpochProgress& end) {
    examples_ += end.examples;
    loss_sum_ += end.loss_sum;
  }

  [[nodiscard]] double mean_loss() const {
    return examples_ > 0 ? loss_sum_ / static_cast<double>(examples_) : 0;
  }

 private:
  const TrainingEvents& events_;
  int64_t epoch_tokens_;
  int32_t epochs_;
  int threads_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
  int64_t examples_ = 0;
  double loss_sum_ = 0;
};

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

// One run: what TrainingJob::run() needs from its first step to its last.
class Run {
 public:
  Run(const Options& options, const TrainingEvents& events, const std::atomic<bool>& stop)
      : options_(options),
        events_(events),
        stop_(stop),
        threads_(options.thread > 0 ? options.thread : available_threads()) {}

  TrainingResult execute() {
    if (!options_.check) try_output(options_);
    try {
      read_train_save();
    } catch (const Stopped&) {
      result_.stopped = true;
    }
    return result_;
  }

 private:
  void read_train_save() {
    data_ = read_training_data(options_, events_, threads_, stop_);
    if (options_.check) {
      result_.checked_only = true;
      return;
    }
    check_disk_room(options_.output + ".bin", bytes_of_rows(*data_.model));
    make_weights();
    train();
    save();
  }

  // Every row's first value depends on (seed, row of the file) alone, wherever it lies in memory.
  void make_weights() {
    const Dictionary& dictionary = data_.model->dictionary;
    const int32_t dim = options_.args.dim;
    weights_ = {SharedMatrix(data_.buckets.rows(), dim), SharedMatrix(output_rows(), dim)};
    const int64_t file_rows = int64_t{dictionary.nwords()} + data_.model->args.bucket;
    parallel_for(file_rows, 1 << 14, threads_, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const int32_t at = data_.buckets.trained_row(row);
        if (at >= 0) first_row(seed(), row, dim, weights_.input.row(at));
      }
    });
    data_.model->input.dense = weights_.input.view();
    data_.model->output.dense = weights_.output.view();
  }

  void train() {
    const Dictionary& dictionary = data_.model->dictionary;
    const std::vector<int64_t> counts =
        is_classifier() ? dictionary.label_counts() : dictionary.word_counts();
    const std::unique_ptr<Loss> loss = make_loss(options_.args, counts, options_.ns_exponent);
    const std::unique_ptr<Backend> backend =
        is_classifier() ? make_classifier_backend(*loss) : make_vector_backend(*loss, counts);
    const Predictor predictor(data_.model);
    EarlyStopping best(options_, weights_, threads_);
    ProgressMeter meter(events_, data_.corpus.token_end.back(), options_.args.epoch, threads_);
    const Clock::time_point start = Clock::now();
    for (int epoch = 1; epoch <= options_.args.epoch; ++epoch) {
      const EpochResult end = run_epoch(*backend, meter, epoch);
      throw_if(stop_);
      finish_epoch(epoch, end, predictor, best);
      if (best.should_stop(epoch)) break;
    }
    result_.train_seconds = seconds_since(start);
    result_.loss = meter.mean_loss();
    take_best(best);
  }

  [[nodiscard]] bool is_classifier() const { return options_.args.model == ModelKind::kSupervised; }
  // What is predicted: labels, or words.
  [[nodiscard]] int32_t output_rows() const {
    const Dictionary& dictionary = data_.model->dictionary;
    return is_classifier() ? dictionary.nlabels() : dictionary.nwords();
  }

  std::unique_ptr<Backend> make_classifier_backend(const Loss& loss) {
    const SupervisedTask task{
        data_.corpus, data_.subwords, loss, weights_, options_.args.lr_update_rate,
        seed(),       threads_};
    return options_.deterministic ? make_deterministic_backend(task) : make_hogwild_backend(task);
  }

  std::unique_ptr<Backend> make_vector_backend(const Loss& loss, std::span<const int64_t> counts) {
    return make_word_vector_backend({.corpus = data_.corpus,
                                     .subwords = data_.subwords,
                                     .loss = loss,
                                     .args = options_.args,
                                     .counts = counts,
                                     .tokens = data_.model->dictionary.ntokens(),
                                     .negative_power = options_.ns_exponent,
                                     .batch_size = options_.batch_size,
                                     .exact = options_.exact,
                                     .weights = weights_,
                                     .seed = seed(),
                                     .threads = threads_});
  }

  EpochResult run_epoch(Backend& backend, ProgressMeter& meter, int epoch) {
    const EpochPlan plan{epoch - 1, options_.args.epoch, options_.lr, stop_,
                         [&](const EpochProgress& now) { meter.report(epoch - 1, now, false); }};
    const EpochResult result = backend.train_epoch(plan);
    if (result.diverged) {
      throw Error::internal(
          fmt::format("training diverged in epoch {}, step {} (example {} of {}), at learning rate "
                      "{:.6g}: the loss is "
                      "not a number; lower -lr",
                      epoch, (epoch - 1) * data_.corpus.examples() + result.diverged_example + 1,
                      result.diverged_example + 1, data_.corpus.examples(), result.diverged_lr));
    }
    meter.report(epoch - 1, result.end, epoch == options_.args.epoch);
    meter.finish_epoch(result.end);
    return result;
  }

  void finish_epoch(int epoch, const EpochResult& end, const Predictor& predictor,
                    EarlyStopping& best) {
    result_.epochs = epoch;
    result_.best_epoch = epoch;
    EpochReport report;
    report.epoch = epoch;
    report.loss = end.end.loss_sum / static_cast<double>(std::max<int64_t>(end.end.examples, 1));
    if (data_.validation) {
      report.validation = validate(predictor, data_.validation->corpus, threads_);
      report.best = best.offer(epoch, *report.validation, weights_);
      result_.validation = report.validation;
    }
    if (events_.epoch) events_.epoch(report);
  }

  void take_best(const EarlyStopping& best) {
    if (!options_.early_stopping) return;
    result_.best_epoch = best.best_epoch();
    result_.validation = best.best();
    if (best.best_epoch() == result_.epochs) return;
    weights_.input.copy_from(best.best_weights().input, threads_);
    weights_.output.copy_from(best.best_weights().output, threads_);
  }

  void save() {
    SaveRequest request;
    request.output = options_.output;
    request.save_output = options_.save_output;
    request.threads = threads_;
    request.options_json = options_json(options_);
    request.recipe_json = data_.recipe_json;
    request.metrics_json = metrics_json();
    result_.files = save_trained_model(
        {*data_.model, weights_, data_.buckets, data_.subwords, seed()}, request, stop_);
  }

  // Scores of the saved weights; no times, so that equal runs leave equal files.
  [[nodiscard]] std::string metrics_json() const {
    std::string json =
        fmt::format("{{\"epochs\": {}, \"best_epoch\": {}", result_.epochs, result_.best_epoch);
    if (options_.deterministic) json += fmt::format(", \"loss\": {:.6g}", result_.loss);
    if (result_.validation) {
      json += fmt::format(
          ", \"validation_examples\": {}, \"validation_precision\": {:.6g}, \"validation_recall\": "
          "{:.6g}",
          result_.validation->examples, result_.validation->precision, result_.validation->recall);
    }
    return json + "}";
  }

  [[nodiscard]] uint64_t seed() const { return static_cast<uint64_t>(options_.seed); }

  const Options& options_;
  const TrainingEvents& events_;
  const std::atomic<bool>& stop_;
  int threads_;
  TrainingData data_;
  Weights weights_;
  TrainingResult result_;
};

}  // namespace

TrainingJob::TrainingJob(Options options, TrainingEvents events)
    : options_(std::move(options)), events_(std::move(events)) {}

TrainingResult TrainingJob::run() { return Run(options_, events_, stop_).execute(); }

}  // namespace wordfire
