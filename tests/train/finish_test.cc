// Runs that are asked to end early and to save what there is, and what a run says of itself.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/manifest.h"
#include "tests/train/job_fixture.h"

namespace wordfire {
namespace {

void finish(TrainingJob& job) { job.request_finish(); }

class Finish : public JobTest {
 protected:
  // More epochs than a test has time for, and text to score them.
  Options endless() {
    Options options = this->options();
    options.args.epoch = 100'000;
    validation_ = labelled_text(300, 3);
    options.validation = {write("validation.txt", validation_)};
    return options;
  }
  void expect_score_of_saved_model(const std::optional<ValidationScore>& score) const {
    const ValidationScore by_hand = score_by_hand(path("model.bin"), validation_);
    ASSERT_TRUE(score);
    EXPECT_EQ(score->examples, by_hand.examples);
    EXPECT_EQ(score->precision, by_hand.precision);
  }

  std::string validation_;
};

TEST_F(Finish, AfterAnEpochItsWeightsAreSaved) {
  const TrainingResult result = run_and_ask(endless(), 3, finish);
  EXPECT_TRUE(result.finished_early);
  EXPECT_FALSE(result.stopped);
  EXPECT_EQ(result.epochs, 3);
  EXPECT_EQ(result.files.size(), 3u);
  expect_score_of_saved_model(result.validation);
}

TEST_F(Finish, WithinAnEpochTheWeightsOfTheMomentAreSavedAndScored) {
  for (const bool deterministic : {false, true}) {
    Options options = endless();
    options.deterministic = deterministic;
    write("train.txt", labelled_text(40'000, 1));
    const TrainingResult result = run_and_ask(options, 0, finish);
    EXPECT_TRUE(result.finished_early);
    EXPECT_LT(result.epochs, 1000);
    expect_score_of_saved_model(result.validation);
  }
}

TEST_F(Finish, WithEarlyStoppingTheBestWeightsAreSaved) {
  Options options = endless();
  options.early_stopping = true;
  options.patience = 100'000;
  double best = 0;
  const TrainingResult result = run_and_ask(options, 5, [&](TrainingJob& job) {
    best = 1;
    job.request_finish();
  });
  EXPECT_EQ(best, 1);
  EXPECT_TRUE(result.finished_early);
  EXPECT_LE(result.best_epoch, result.epochs);
  expect_score_of_saved_model(result.validation);
}

TEST_F(Finish, AfterTheLastEpochNothingIsEarly) {
  Options options = endless();
  options.args.epoch = 2;
  EXPECT_FALSE(run_and_ask(options, 2, finish).finished_early);
}

TEST_F(Finish, WhileTextIsReadItIsAStop) {
  TrainingJob* running = nullptr;
  TrainingEvents events;
  events.reading = [&](int64_t) { running->request_finish(); };
  TrainingJob job(check_options(endless()), events);
  running = &job;
  EXPECT_TRUE(job.run().stopped);
}

TEST_F(Finish, AStopBehindItSavesNothing) {
  const TrainingResult result = run_and_ask(endless(), 2, [](TrainingJob& job) {
    job.request_finish();
    job.request_stop();
  });
  EXPECT_TRUE(result.stopped);
  EXPECT_EQ(files(), std::vector<std::string>({"train.txt", "validation.txt"}));
}

TEST_F(Finish, TheManifestSaysSo) {
  run_and_ask(endless(), 2, finish);
  const auto manifest = read_manifest(path("model.manifest.json"));
  EXPECT_NE(manifest->metrics_json.find("\"finished_early\":true"), std::string::npos)
      << manifest->metrics_json;
}

class Scores : public Finish {};

TEST_F(Scores, TheTrainingTextIsScoredWhenAsked) {
  const std::string text = labelled_text(400, 1);
  for (const int32_t maxn : {0, 3}) {
    Options asked = options();
    asked.train_score = true;
    asked.args.minn = maxn > 0 ? 2 : 0;
    asked.args.maxn = maxn;
    const TrainingResult result = run(asked);
    const ValidationScore by_hand = score_by_hand(path("model.bin"), text);
    ASSERT_TRUE(result.train);
    EXPECT_EQ(result.train->examples, by_hand.examples);
    EXPECT_EQ(result.train->precision, by_hand.precision);
    EXPECT_EQ(result.train->recall, by_hand.recall);
  }
  EXPECT_FALSE(run(options()).train);
}

TEST_F(Scores, ResultsAndEpochsTellTheirSpeed) {
  std::vector<EpochReport> epochs;
  int64_t tokens = 0;
  TrainingEvents events;
  events.epoch = [&](const EpochReport& report) { epochs.push_back(report); };
  events.corpus = [&](const CorpusReport& report) { tokens = report.tokens; };
  const TrainingResult result = run(options(), events);
  EXPECT_GT(result.train_seconds, 0);
  EXPECT_NEAR(result.words_per_second * result.train_seconds, 2.0 * static_cast<double>(tokens), 1);
  EXPECT_GT(epochs[0].words_per_second, result.words_per_second / 100);
  EXPECT_GT(epochs[0].lr, 0);
  EXPECT_EQ(epochs[1].lr, 0);
}

TEST_F(Scores, EpochsTellSinceWhenTheScoreHasNotImproved) {
  Options options = endless();
  options.args.epoch = 12;
  int since = 0;
  TrainingEvents events;
  events.epoch = [&](const EpochReport& report) {
    since = report.best ? 0 : since + 1;
    EXPECT_EQ(report.epochs_since_best, since);
  };
  run(options, events);
}

}  // namespace
}  // namespace wordfire
