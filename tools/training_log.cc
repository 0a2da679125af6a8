#include "training_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "standard_streams.h"

namespace wordfire {
namespace {

constexpr int64_t kMillion = 1000000;

std::string format_bytes(int64_t bytes) {
  constexpr double kKibi = 1024;
  const auto size = static_cast<double>(bytes);
  if (size >= kKibi * kKibi * kKibi)
    return fmt::format("{:.1f} GiB", size / (kKibi * kKibi * kKibi));
  return fmt::format("{:.1f} MiB", size / (kKibi * kKibi));
}

std::string format_duration(int64_t seconds) {
  return fmt::format("{:3d}h{:2d}m{:2d}s", seconds / 3600, seconds % 3600 / 60, seconds % 60);
}

}  // namespace

std::string format_progress(const Progress& progress) {
  return fmt::format(
      "Progress: {:5.1f}% words/sec/thread: {:7d} lr: {:9.6f} avg.loss: {:9.6f} ETA: {}",
      progress.fraction * 100, static_cast<int64_t>(progress.words_per_second_per_thread),
      progress.lr, progress.loss, format_duration(static_cast<int64_t>(progress.eta_seconds)));
}

std::string format_memory(const MemoryEstimate& estimate) {
  std::string line = fmt::format(
      "Memory: at most {}: {} for the vectors, {} for the text, {} for threads, {} for the rest",
      format_bytes(estimate.total()), format_bytes(estimate.matrices),
      format_bytes(estimate.corpus), format_bytes(estimate.workers), format_bytes(estimate.other));
  if (estimate.best_copy > 0)
    line += fmt::format(", {} for the best epoch", format_bytes(estimate.best_copy));
  if (estimate.scratch > 0)
    line += fmt::format("; {} in a scratch file", format_bytes(estimate.scratch));
  return line + '\n';
}

std::string format_epoch(const EpochReport& report) {
  std::string line = fmt::format("Epoch {}: ", report.epoch);
  if (report.validation) {
    line +=
        fmt::format("validation P@1 {:.4f} R@1 {:.4f} ({} lines), ", report.validation->precision,
                    report.validation->recall, report.validation->examples);
  }
  return line + fmt::format("loss {:.6f}{}\n", report.loss, report.best ? ", the best so far" : "");
}

std::string format_place(const CheckpointReport& report) {
  if (report.epoch > report.epochs) return "all epochs are done";
  const std::string epoch = fmt::format("epoch {} of {}", report.epoch, report.epochs);
  return report.example == 0 ? "before " + epoch
                             : fmt::format("in {}, before example {}", epoch, report.example + 1);
}

std::string format_train_score(const ValidationScore& score) {
  return fmt::format("Training text: P@1 {:.4f} R@1 {:.4f} ({} lines)\n", score.precision,
                     score.recall, score.examples);
}

std::string format_traffic(const TrainingResult& result) {
  const double words = result.words_per_second * result.train_seconds;
  return fmt::format(
      "Ranks: {} sent {} in {} rounds an epoch, {:.2f} bytes a word; {:.0f} % of the exchange was "
      "hidden behind training, each waited {:.2f} s of {:.2f} s\n",
      result.ranks, format_bytes(result.bytes_sent), result.rounds,
      static_cast<double>(result.bytes_sent) / std::max(words, 1.0), result.share_hidden * 100,
      result.seconds_waited, result.train_seconds);
}

TrainingEvents TrainingLog::events() {
  TrainingEvents events;
  if (verbose_ < 1) return events;
  events.reading = [this](int64_t tokens) { reading(tokens); };
  events.corpus = [this](const CorpusReport& report) { corpus(report); };
  events.memory = [this](const MemoryEstimate& estimate) { print(format_memory(estimate)); };
  events.device = [this](const std::string& line) { print(line + '\n'); };
  events.progress = [this](const Progress& now) { progress(now); };
  events.epoch = [this](const EpochReport& report) {
    if (report.validation) print(format_epoch(report));
  };
  events.resumed = [this](const CheckpointReport& report) {
    print(fmt::format("Training goes on from {}: {}\n", report.path, format_place(report)));
  };
  events.checkpoint = [this](const CheckpointReport& report) {
    if (verbose_ > 1) print(fmt::format("Checkpoint {}: {}\n", report.path, format_place(report)));
  };
  events.warning = [this](const std::string& message) {
    end_line();
    print_error("warning: " + message);
  };
  return events;
}

void TrainingLog::finish(const TrainingResult& result) {
  if (verbose_ < 1) return;
  end_line();
  if (result.files.empty()) return;
  if (result.best_epoch < result.epochs) {
    print(fmt::format("Best epoch: {} of {}, whose weights are saved\n", result.best_epoch,
                      result.epochs));
  }
  if (result.train) print(format_train_score(*result.train));
  if (result.train_is_estimate) {
    print("That is an estimate, from the end of the text, which was not read once more\n");
  }
  if (result.ranks > 1) print(format_traffic(result));
  print(fmt::format("Saved {}\n", fmt::join(result.files, ", ")));
}

void TrainingLog::end_line() {
  if (line_open_) write_stderr("\n");
  line_open_ = false;
}

void TrainingLog::reading(int64_t tokens) {
  if (verbose_ < 2 || tokens / kMillion == millions_read_) return;
  millions_read_ = tokens / kMillion;
  write_stderr(fmt::format("\rRead {}M words", millions_read_));
  line_open_ = true;
}

void TrainingLog::corpus(const CorpusReport& report) {
  line_open_ = false;
  write_stderr(fmt::format("\rRead {}M words\nNumber of words:  {}\nNumber of labels: {}\n",
                           report.tokens / kMillion, report.words, report.labels));
  write_stderr(format_corpus_report(report));
}

void TrainingLog::progress(const Progress& progress) {
  if (verbose_ < 2 && progress.fraction < 1) return;
  write_stderr('\r' + format_progress(progress));
  line_open_ = true;
}

void TrainingLog::print(const std::string& lines) {
  end_line();
  write_stderr(lines);
}

}  // namespace wordfire
