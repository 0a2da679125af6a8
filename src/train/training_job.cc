#include "train/training_job.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
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
#include "train/early_stopping.h"
#include "train/model_saver.h"
#include "train/progress_meter.h"
#include "train/training_data.h"
#include "train/validation.h"

namespace wordfire {
namespace {

// Fails now, not after hours, if the model cannot be written, or would be written over its text.
void try_output(const Options& options) {
  if (options.output.empty())
    throw Error::usage("option -output: not given, want the prefix of the model's files");
  const std::vector<std::string> outputs = model_files(options.output, options.save_output);
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
  Run(const Options& options, const TrainingEvents& events, const std::atomic<bool>& stop)
      : options_(options),
        events_(events),
        stop_(stop),
        threads_(options.thread > 0 ? options.thread : available_threads()),
        // Threads that meet at barriers only wait for each other when they share a core.
        training_threads_(options.deterministic ? std::min(threads_, available_threads())
                                                : threads_) {}

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
    if (data_.pretrained) {
      data_.pretrained->copy_to(dictionary, data_.buckets, weights_.input);
      data_.pretrained.reset();
    }
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
    for (int epoch = 1; epoch <= options_.args.epoch; ++epoch) {
      const EpochResult end = run_epoch(*backend, meter, epoch);
      throw_if(stop_);
      finish_epoch(epoch, end, predictor, best);
      if (best.should_stop(epoch)) break;
    }
    result_.train_seconds = meter.seconds();
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
        data_.corpus, data_.subwords,   loss, weights_, options_.args.lr_update_rate,
        seed(),       training_threads_};
    return options_.deterministic ? make_deterministic_backend(task) : make_hogwild_backend(task);
  }

  std::unique_ptr<Backend> make_vector_backend(const Loss& loss, std::span<const int64_t> counts) {
    const WordVectorTask task{.corpus = data_.corpus,
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
                              .threads = training_threads_};
    return options_.deterministic ? make_deterministic_word_vector_backend(task)
                                  : make_word_vector_backend(task);
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
  int training_threads_;
  TrainingData data_;
  Weights weights_;
  TrainingResult result_;
};

}  // namespace

TrainingJob::TrainingJob(Options options, TrainingEvents events)
    : options_(std::move(options)), events_(std::move(events)) {}

TrainingResult TrainingJob::run() { return Run(options_, events_, stop_).execute(); }

}  // namespace wordfire
