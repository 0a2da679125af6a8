#include "sagemaker/container_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <sstream>

#include "core/parallel.h"
#include "io/pipe_path.h"
#include "sagemaker/failure_file.h"
#include "sagemaker/metrics.h"

namespace wordfire {
namespace {

constexpr int64_t kMillion = 1000000;
constexpr int64_t kReadStep = 10 * kMillion;  // words
constexpr double kProgressSteps = 20;         // of a whole run

// As Python prints a float: 35.0, 95.367431640625.
std::string python_float(double number) {
  std::string text = fmt::format("{}", number);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

// "pipe:PREFIX" -> "PREFIX"; other paths as they are.
std::string_view fifo_prefix(std::string_view path) {
  if (is_pipe_path(path)) path.remove_prefix(kPipeScheme.size());
  return path;
}

std::string place_of(const CheckpointReport& report) {
  return fmt::format("{}, before example {} of epoch {} of {}", report.path, report.example,
                     report.epoch, report.epochs);
}

int threads_of(const Options& options) {
  return options.thread > 0 ? options.thread : available_threads();
}

std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+=@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + '\'';
}

}  // namespace

std::string shell_command(std::string_view program, const std::vector<std::string>& arguments) {
  std::string command(program);
  for (const std::string& argument : arguments) command += ' ' + shell_word(argument);
  return command;
}

void ContainerLog::stamped(std::string_view level, std::string_view text) const {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  line(fmt::format("[{:%m/%d/%Y %H:%M:%S} {} {}] {}", local, level, ::getpid(), text));
}

void ContainerLog::start() const { line("Arguments: train"); }

void ContainerLog::gpus(double seconds, int count) const {
  info(fmt::format("nvidia-smi took: {:.3f} secs to identify {} gpus", seconds, count));
}

void ContainerLog::mode(std::string_view mode, Device device) const {
  info(fmt::format("Running single machine {} BlazingText training using {} mode.",
                   device == Device::kGpu ? "GPU" : "CPU", mode));
}

void ContainerLog::rank(std::string_view host, int rank, int ranks) {
  ranks_ = ranks;
  line(fmt::format("processor name: {}, number of processors: {}, rank: {}", host, ranks, rank));
}

void ContainerLog::processing(const std::string& path) const {
  if (is_pipe_path(path)) return info(fmt::format("Processing {} . Pipe mode", fifo_prefix(path)));
  constexpr double kMebibyte = 1 << 20;
  struct stat status {};
  const bool has_size = ::stat(path.c_str(), &status) == 0;
  const double size = has_size ? static_cast<double>(status.st_size) / kMebibyte : 0;
  info(fmt::format("Processing {} . File size: {} MB", path, python_float(size)));
}

void ContainerLog::command(std::string_view program,
                           const std::vector<std::string>& arguments) const {
  info("Equivalent command: " + shell_command(program, arguments));
}

TrainingEvents ContainerLog::events(const Options& options) {
  TrainingEvents events;
  events.reading = [this](int64_t tokens) { reading(tokens); };
  events.corpus = [this, options](const CorpusReport& report) { corpus(options, report); };
  events.device = [this](const std::string& line) { info(in_job_words(line)); };
  events.progress = [this](const Progress& now) { progress(now); };
  events.epoch = [this, options](const EpochReport& report) { epoch(options, report); };
  events.checkpoint = [this](const CheckpointReport& report) {
    info(fmt::format("Checkpoint: {}", place_of(report)));
  };
  events.resumed = [this](const CheckpointReport& report) {
    info(fmt::format("Training goes on from {}", place_of(report)));
  };
  events.warning = [this](const std::string& message) { warning(in_job_words(message)); };
  return events;
}

void ContainerLog::reading(int64_t tokens) {
  if (tokens / kReadStep == read_steps_) return;
  read_steps_ = tokens / kReadStep;
  line(fmt::format("Read {}M words", read_steps_ * (kReadStep / kMillion)));
}

void ContainerLog::corpus(const Options& options, const CorpusReport& report) const {
  line(fmt::format("Read {}M words", report.tokens / kMillion));
  line(fmt::format("Number of words:  {}", report.words));
  for (const std::string& path : options.validation) {
    line(fmt::format("Loading validation data from {}", fifo_prefix(path)));
  }
  if (report.validation) line("Loaded validation data.");
  std::istringstream lines(format_corpus_report(report));
  for (std::string text; std::getline(lines, text);) info(text);
}

void ContainerLog::progress(const Progress& now) {
  const auto step = static_cast<int64_t>(now.fraction * kProgressSteps);
  if (step == progress_steps_) return;
  progress_steps_ = step;
  const std::string text =
      fmt::format("Alpha: {:.4f}  Progress: {:.2f}%  Million Words/sec: {:.2f}", now.lr,
                  now.fraction * 100, now.words_per_second / kMillion);
  line(ranks_ > 1 ? text : "##### " + text + " #####");
}

void ContainerLog::epoch(const Options& options, const EpochReport& report) const {
  line(fmt::format("-------------- End of epoch: {}", report.epoch));
  line(metric_line(kTrainLoss, report.loss));
  if (!report.validation) return;
  const double accuracy = report.validation->precision;
  line(fmt::format("Using {} threads for prediction!", threads_of(options)));
  line(fmt::format("Validation accuracy: {:.6f}", accuracy));
  line(metric_line(kValidationAccuracy, accuracy));
  if (options.early_stopping) early_stop(options, report);
}

void ContainerLog::early_stop(const Options& options, const EpochReport& report) const {
  if (report.best) return line("Validation accuracy improved! Storing best weights...");
  line(fmt::format("Validation accuracy has not improved for last {} epochs.",
                   report.epochs_since_best));
  if (report.epochs_since_best >= options.patience && report.epoch >= options.min_epochs) {
    line("Reached patience. Terminating training.");
  }
}

void ContainerLog::finished(const Options& options, const TrainingResult& result) const {
  const bool is_classifier = options.args.model == ModelKind::kSupervised;
  if (result.best_epoch < result.epochs) {
    line(fmt::format("Best epoch: {} of {}, whose weights are kept", result.best_epoch,
                     result.epochs));
  }
  line(is_classifier ? "Training finished." : "Training finished!");
  line(metric_line(kThroughput, result.words_per_second / kMillion));
  line(fmt::format("Total training time in seconds: {:.2f}", result.train_seconds));
  if (result.train) {
    line("");
    line(metric_line(kTrainAccuracy, result.train->precision));
    line(fmt::format("Number of train examples: {}", result.train->examples));
    if (result.train_is_estimate) {
      line(
          "The train accuracy is an estimate, from the end of the channel: it was not read once "
          "more.");
    }
  }
  if (result.validation) {
    line("");
    line(metric_line(kValidationAccuracy, result.validation->precision));
    line(fmt::format("Number of validation examples: {}", result.validation->examples));
  }
}

void ContainerLog::evaluated(const std::string& vectors, const std::string& json) const {
  line("Evaluating word embeddings....");
  line(fmt::format("Vectors read from: {} ", vectors));
  std::istringstream lines(json);
  for (std::string text; std::getline(lines, text);) line(text);
}

}  // namespace wordfire
