// Small training runs in a folder of their own.
#pragma once

#include <string>
#include <vector>

#include "core/option_check.h"
#include "io/model_file.h"
#include "tests/core/training_text.h"
#include "tests/io/folder_fixture.h"
#include "train/training_job.h"

namespace wordfire {

class JobTest : public FolderTest {
 protected:
  // A deterministic run of two epochs over some hundred lines.
  Options options(const std::string& output = "model") {
    Options options;
    options.args.dim = 8;
    options.args.epoch = 2;
    options.args.bucket = 500;
    options.args.word_ngrams = 2;
    options.lr = 0.2;
    options.thread = 2;
    options.deterministic = true;
    options.input = {write("train.txt", labelled_text(400, 1))};
    options.output = path(output);
    return options;
  }

  // Runs a job as every door does.
  static TrainingResult run(const Options& options, TrainingEvents events = {}) {
    return TrainingJob(check_options(options), std::move(events)).run();
  }

  [[nodiscard]] std::string bytes(const std::string& output) const { return read(output + ".bin"); }

  // Files of an earlier run, and whether they are still as they were.
  void write_old_files() const {
    for (const char* suffix : {".bin", ".vec", ".manifest.json"})
      write("model" + std::string(suffix), "old");
  }
  [[nodiscard]] bool old_files_are_there() const {
    return read("model.bin") == "old" && read("model.vec") == "old" &&
           read("model.manifest.json") == "old" &&
           files() == std::vector<std::string>(
                          {"model.bin", "model.manifest.json", "model.vec", "train.txt"});
  }
};

}  // namespace wordfire
