// Small training runs in a folder of their own.
#pragma once

#include <string>
#include <vector>

#include "core/meter.h"
#include "core/option_check.h"
#include "core/predictor.h"
#include "io/model_file.h"
#include "tests/core/training_text.h"
#include "tests/io/folder_fixture.h"
#include "train/training_job.h"

namespace wordfire {

// Precision and recall at 1 of a saved model over a text, line by line.
inline ValidationScore score_by_hand(const std::string& model, const std::string& text) {
  const Predictor predictor(load_model(model).model);
  Meter meter(predictor.model().dictionary.nlabels());
  PredictScratch scratch;
  std::vector<Prediction> best;
  for (const std::string& line : reference::lines_of(text)) {
    const LineFeatures& encoded = predictor.encode(line, scratch);
    if (encoded.labels.empty() || encoded.features.empty()) continue;
    const std::vector<int32_t> gold = encoded.labels;
    predictor.predict(scratch, 1, 0, best);
    meter.log(gold, best);
  }
  return {meter.examples(), meter.total().precision(), meter.total().recall()};
}

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

  // Runs a job and calls ask(job) when `epoch` is reported, or, if it is 0, at the first progress
  // of an epoch behind the first.
  template <typename Ask>
  static TrainingResult run_and_ask(const Options& options, int epoch, Ask ask) {
    TrainingJob* running = nullptr;
    bool first_over = false;
    TrainingEvents events;
    events.epoch = [&](const EpochReport& report) {
      first_over = true;
      if (report.epoch == epoch) ask(*running);
    };
    events.progress = [&](const Progress&) {
      if (epoch == 0 && first_over) ask(*running);
    };
    TrainingJob job(check_options(options), events);
    running = &job;
    return job.run();
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
