#include "sagemaker/training_container.h"

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/option_check.h"
#include "core/option_table.h"
#include "core/option_value.h"
#include "core/parallel.h"
#include "core/stopped.h"
#include "io/atomic_file.h"
#include "io/pipe_path.h"
#include "sagemaker/failure_file.h"
#include "sagemaker/metrics.h"
#include "train/device_choice.h"

namespace wordfire {
namespace {

void make_folder(const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure) {
    throw Error::cannot_create(
        fmt::format("{}: cannot make the folder ({})", path, failure.message()));
  }
}

void write_file(const std::string& path, const std::string& text) {
  AtomicFile file(path);
  file.write(text + '\n');
  file.commit();
}

// What a job writes: names that hosting and users of BlazingText know.
ModelFiles artefacts(const ContainerJob& job) {
  const std::string& output = job.options.output;
  ModelFiles files = model_files(output, false);
  files.vec = job.parameters.mode == TrainingMode::kSupervised ? "" : output + ".txt";
  return files;
}

// Nobody tells a container that a channel is an augmented manifest.
bool may_be_bare_manifest(const Channel& channel) {
  return channel.mode == ChannelMode::kPipe && !channel.wrapped &&
         (channel.content_type == "application/x-recordio" ||
          channel.content_type == "application/jsonlines");
}

// What the job's owner may have to change where a pipe cannot be read.
std::string advice_on(const ContainerJob& job, const Error& error) {
  const std::string_view message = error.what();
  for (const Channel& channel : {job.train, job.validation.value_or(Channel())}) {
    if (may_be_bare_manifest(channel) && message.starts_with(channel.path + "_")) {
      return "; if this is an augmented manifest, set RecordWrapperType to RecordIO";
    }
  }
  return "";
}

}  // namespace

TrainingContainer::TrainingContainer(ContainerPaths paths, std::string image_tests,
                                     ContainerLog log, Communicator& ranks)
    : paths_(std::move(paths)),
      image_tests_(std::move(image_tests)),
      log_(std::move(log)),
      ranks_(ranks) {}

TrainingContainer::~TrainingContainer() = default;

void TrainingContainer::request_stop() noexcept {
  stop_ = true;
  if (PrepareJob* job = preparing_) job->request_stop();
  if (TrainingJob* job = training_) job->request_finish();
}

bool TrainingContainer::run() {
  std::optional<ContainerJob> job;
  try {
    if (ranks_.size() == 1) log_.start();
    job = read_container_job(paths_);
    return run_job(*job);
  } catch (const Stopped&) {
    return false;
  } catch (const Error& error) {
    const std::string advice = job ? advice_on(*job, error) : "";
    throw Error(error.kind(), in_job_words(error.what()) + advice, error.fault());
  }
}

bool TrainingContainer::run_job(const ContainerJob& job) {
  announce(job);
  if (is_first()) make_folder(paths_.model());
  VectorTests tests;
  if (job.parameters.evaluation && is_first())
    tests = read_vector_tests(job.evaluation, image_tests_);
  Options options = job.options;
  if (!prepare_rows(job, options)) return false;
  log_command(job, options);
  const TrainingResult result = train(check_options(std::move(options)), artefacts(job));
  if (result.stopped) return false;
  if (is_first()) measure(job, result, std::move(tests));
  ranks_.barrier();
  return true;
}

void TrainingContainer::measure(const ContainerJob& job, const TrainingResult& result,
                                VectorTests tests) const {
  std::optional<double> mean_rho;
  if (job.parameters.evaluation) mean_rho = evaluate(artefacts(job), std::move(tests));
  write_metrics(job, result, mean_rho);
}

void TrainingContainer::log_command(const ContainerJob& job, const Options& options) const {
  if (!is_first()) return;
  const std::string program =
      ranks_.size() > 1 ? fmt::format("mpirun -n {} wordfire", ranks_.size()) : "wordfire";
  log_.command(fmt::format("{} {}", program, verb_of(job.parameters.mode)),
               option_arguments(options));
}

// A GPU that was asked for by name and is not there fails the job before anything is read.
void TrainingContainer::announce_device(const ContainerJob& job) const {
  using Clock = std::chrono::steady_clock;
  const Gpus gpus = gpus_of_this_machine();
  const Clock::time_point begin = Clock::now();
  // Whoever wants the CPU is not held up by a driver that hangs.
  const bool wants_cpu = job.options.device.kind == DeviceWish::Kind::kCpu;
  const int count = wants_cpu ? 0 : gpus.count();
  log_.gpus(std::chrono::duration<double>(Clock::now() - begin).count(), count);
  const DeviceChoice device = choose_device(job.options, available_threads(), {}, gpus);
  log_.mode(mode_name(job.parameters.mode), device.gpu ? Device::kGpu : Device::kCpu);
}

void TrainingContainer::announce(const ContainerJob& job) const {
  if (!is_first()) return;
  for (const std::string& note : job.notes) log_.warning(note);
  if (ranks_.size() == 1) announce_device(job);
  for (const auto* const paths : {&job.options.input, &job.options.validation}) {
    for (const std::string& path : *paths) log_.processing(path);
  }
}

// Returns false when it was stopped. `options` are then of no use.
bool TrainingContainer::prepare_rows(const ContainerJob& job, Options& options) {
  const std::optional<Recipe> recipe = find_raw_recipe(job);
  if (!recipe) return true;
  scratch_.emplace();
  for (RawStep& step : plan_raw_steps(job, *recipe, *scratch_, options)) {
    for (std::string& path : step.prepare.input) {
      if (is_pipe_path(path)) path = await_pipe(path, 0, &stop_);
    }
    if (is_first()) log_.command("wordfire prepare", prepare_arguments(step.prepare));
    prepare_jobs_.push_back(std::make_unique<PrepareJob>(step.prepare));
    preparing_ = prepare_jobs_.back().get();
    if (stop_) return false;
    const PrepareReport report = prepare_jobs_.back()->run();
    if (report.stopped) return false;
    if (!is_first()) continue;
    for (const std::string& warning : report.warnings) log_.warning(warning);
    log_.info(fmt::format("Prepared {} of {} rows of channel \"{}\"",
                          report.counts.train + report.counts.test, report.counts.rows,
                          step.channel));
  }
  return true;
}

TrainingResult TrainingContainer::train(const Options& options, ModelFiles files) {
  training_job_ =
      std::make_unique<TrainingJob>(options, log_.events(options), std::move(files), ranks_);
  training_ = training_job_.get();
  if (stop_) training_job_->request_finish();
  TrainingResult result = training_job_->run();
  if (!result.files.empty()) log_.finished(options, result);
  return result;
}

// The model is there already: what goes wrong from here on is told, and does not fail the job.
std::optional<double> TrainingContainer::evaluate(const ModelFiles& files,
                                                  VectorTests tests) const {
  if (tests.empty()) {
    log_.warning(
        "no evaluation: there is no channel \"evaluation\" with word pairs or analogies, and the "
        "image carries none; no eval.json and no mean_rho");
    return std::nullopt;
  }
  if (stop_) tests.analogies.clear();  // they can take longer than a stopped job may
  try {
    const VectorScores scores = score_vectors(files.vec, tests, available_threads());
    log_.evaluated(files.vec, scores.json);
    if (scores.mean_rho) {
      log_.info(metric_line(kMeanRho, *scores.mean_rho));
    } else {
      log_.warning("no mean_rho: no file has two pairs of words that are in the vocabulary");
    }
    write_file(paths_.model() + "/eval.json", scores.json);
    return scores.mean_rho;
  } catch (const std::exception& error) {
    log_.warning(fmt::format("no evaluation: {}", error.what()));
    return std::nullopt;
  }
}

void TrainingContainer::write_metrics(const ContainerJob& job, const TrainingResult& result,
                                      const std::optional<double>& mean_rho) const {
  nlohmann::ordered_json metrics = {{"mode", mode_name(job.parameters.mode)},
                                    {"epochs", result.epochs},
                                    {"best_epoch", result.best_epoch},
                                    {"finished_early", result.finished_early},
                                    {kTrainLoss.name, result.loss}};
  const auto add = [&](const Metric& metric, std::string_view part,
                       const std::optional<ValidationScore>& score) {
    if (!score) return;
    metrics[metric.name] = score->precision;
    metrics[fmt::format("{}:recall", part)] = score->recall;
    metrics[fmt::format("{}:examples", part)] = score->examples;
  };
  add(kTrainAccuracy, "train", result.train);
  add(kValidationAccuracy, "validation", result.validation);
  if (mean_rho) metrics[kMeanRho.name] = *mean_rho;
  metrics[kThroughput.name] = result.words_per_second / 1e6;
  metrics["train_seconds"] = result.train_seconds;
  try {
    write_file(paths_.model() + "/metrics.json", metrics.dump(4));
  } catch (const std::exception& error) {
    log_.warning(fmt::format("no metrics.json: {}", error.what()));
  }
}

}  // namespace wordfire
