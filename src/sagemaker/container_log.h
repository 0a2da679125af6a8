// The log of a training job, in BlazingText's words: lines of a Python logger
// ("[11/21/2026 16:30:10 INFO 1] text") and bare lines, as templates in README.md show them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "train/training_job.h"

namespace wordfire {

class ContainerLog {
 public:
  // sink: takes one line, without its end.
  explicit ContainerLog(std::function<void(std::string_view line)> sink) : sink_(std::move(sink)) {}

  void line(std::string_view text) const { sink_(text); }
  void info(std::string_view text) const { stamped("INFO", text); }
  void warning(std::string_view text) const { stamped("WARNING", text); }
  void error(std::string_view text) const { stamped("ERROR", text); }

  void start() const;
  // What was found in how many seconds, in the words of BlazingText, which asks nvidia-smi.
  void gpus(double seconds, int count) const;
  // mode: as mode_name() has it.
  void mode(std::string_view mode, Device device) const;
  // Which of the ranks of a job this process is, and on which host. With several of them lines on
  // progress look as BlazingText's from several hosts do.
  void rank(std::string_view host, int rank, int ranks);
  // A file of a channel, or a FIFO.
  void processing(const std::string& path) const;
  // "Equivalent command: wordfire supervised ...", quoted for a shell.
  void command(std::string_view program, const std::vector<std::string>& arguments) const;

  // Listeners of a job with these options; they refer to this object.
  [[nodiscard]] TrainingEvents events(const Options& options);
  // What a classifier has learned; how fast.
  void finished(const Options& options, const TrainingResult& result) const;
  // The file, and the object in it, a line each.
  void evaluated(const std::string& vectors, const std::string& json) const;

 private:
  void stamped(std::string_view level, std::string_view text) const;
  void reading(int64_t tokens);
  void corpus(const Options& options, const CorpusReport& report) const;
  void progress(const Progress& now);
  void epoch(const Options& options, const EpochReport& report) const;
  void early_stop(const Options& options, const EpochReport& report) const;

  std::function<void(std::string_view line)> sink_;
  int ranks_ = 1;
  int64_t read_steps_ = 0;
  int64_t progress_steps_ = -1;
};

// A command as a POSIX shell takes it.
[[nodiscard]] std::string shell_command(std::string_view program,
                                        const std::vector<std::string>& arguments);

}  // namespace wordfire
