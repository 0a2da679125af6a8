// Runs that are interrupted and go on from a checkpoint.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/option_table.h"
#include "io/checkpoint_file.h"
#include "tests/train/job_fixture.h"

namespace wordfire {
namespace {

void stop(TrainingJob& job) { job.request_stop(); }

class Checkpointed : public JobTest {
 protected:
  // A deterministic run of five epochs with checkpoints.
  Options with_checkpoints(const std::string& output = "model") {
    Options options = this->options(output);
    options.args.epoch = 5;
    options.checkpoint_dir = path("checkpoints");
    return options;
  }
  // Names of the checkpoints, sorted.
  [[nodiscard]] std::vector<std::string> checkpoints() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path("checkpoints"))) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  // Runs until the end of `epoch` and is stopped there.
  TrainingResult stop_after(int epoch, const Options& options) {
    const TrainingResult result = run_and_ask(options, epoch, stop);
    EXPECT_TRUE(result.stopped);
    EXPECT_TRUE(result.files.empty());
    return result;
  }
  // Goes on, and keeps what was said.
  TrainingResult resume(Options options) {
    options.resume = true;
    TrainingEvents events;
    warnings_.clear();
    resumed_.clear();
    epochs_.clear();
    events.warning = [&](const std::string& message) { warnings_.push_back(message); };
    events.resumed = [&](const CheckpointReport& report) { resumed_.push_back(report); };
    events.epoch = [&](const EpochReport& report) { epochs_.push_back(report.epoch); };
    return run(options, events);
  }
  void expect_same_files(const std::string& one, const std::string& other) const {
    EXPECT_TRUE(bytes(one) == bytes(other));
    EXPECT_TRUE(read(one + ".vec") == read(other + ".vec"));
  }

  std::vector<std::string> warnings_;
  std::vector<CheckpointReport> resumed_;
  std::vector<int> epochs_;
};

TEST_F(Checkpointed, ARunThatEndsLeavesNone) {
  run(with_checkpoints());
  EXPECT_TRUE(checkpoints().empty());
}

TEST_F(Checkpointed, CheckpointsChangeNoModel) {
  run(with_checkpoints());
  Options plain = options("plain");
  plain.args.epoch = 5;
  run(plain);
  expect_same_files("model", "plain");
}

TEST_F(Checkpointed, AStoppedRunGoesOnToTheSameBytes) {
  run(with_checkpoints("whole"));
  const Options options = with_checkpoints();
  const TrainingResult first = stop_after(2, options);
  EXPECT_EQ(first.checkpoint, path("checkpoints/" + checkpoints().back()));
  const TrainingResult second = resume(options);
  ASSERT_EQ(resumed_.size(), 1u);
  EXPECT_EQ(resumed_[0].path, first.checkpoint);
  EXPECT_EQ(resumed_[0].epoch, 3);
  EXPECT_EQ(epochs_, std::vector<int>({3, 4, 5}));
  EXPECT_EQ(second.epochs, 5);
  EXPECT_EQ(second.checkpoint, "");
  expect_same_files("whole", "model");
}

TEST_F(Checkpointed, OnAnotherNumberOfThreadsAsWell) {
  run(with_checkpoints("whole"));
  Options options = with_checkpoints();
  stop_after(1, options);
  options.thread = 1;
  options.verbose = 0;
  options.memory_mb = 1;
  resume(options);
  EXPECT_EQ(epochs_.front(), 2);
  expect_same_files("whole", "model");
}

TEST_F(Checkpointed, LossAndScoresAreThoseOfTheWholeRun) {
  Options options = with_checkpoints();
  options.validation = {write("validation.txt", labelled_text(300, 5))};
  const TrainingResult whole = run(options);
  stop_after(3, options);
  const TrainingResult parts = resume(options);
  EXPECT_EQ(parts.loss, whole.loss);
  EXPECT_EQ(parts.validation->precision, whole.validation->precision);
  EXPECT_GT(parts.words_per_second, 0);
}

TEST_F(Checkpointed, WithEarlyStoppingTheBestWeightsComeBack) {
  for (const int epoch : {1, 2, 4}) {
    Options options = with_checkpoints("whole");
    // Epochs get worse here: labels are those of other topics.
    options.validation = {write("validation.txt", labelled_text(300, 77))};
    options.early_stopping = true;
    options.patience = 3;
    options.lr = 0.9;
    const TrainingResult whole = run(options);
    options.output = path("model");
    stop_after(epoch, options);
    EXPECT_EQ(resume(options).best_epoch, whole.best_epoch);
    EXPECT_EQ(epochs_.front(), epoch + 1);
    expect_same_files("whole", "model");
  }
}

TEST_F(Checkpointed, AStopWhileTheModelIsSavedLosesNothing) {
  Options options = with_checkpoints();
  options.train_score = true;
  const TrainingResult first = run_and_ask(options, 5, stop);
  EXPECT_TRUE(first.stopped);
  EXPECT_FALSE(first.checkpoint.empty());
  resume(options);
  EXPECT_TRUE(epochs_.empty());
  run(with_checkpoints("whole"));
  expect_same_files("whole", "model");
}

TEST_F(Checkpointed, ARunThatFinishesEarlySavesAndCanGoOn) {
  run(with_checkpoints("whole"));
  const Options options = with_checkpoints();
  const TrainingResult early =
      run_and_ask(options, 2, [](TrainingJob& job) { job.request_finish(); });
  EXPECT_TRUE(early.finished_early);
  EXPECT_EQ(early.files.size(), 3u);
  EXPECT_FALSE(bytes("model") == bytes("whole"));
  resume(options);
  EXPECT_EQ(epochs_.front(), 3);
  expect_same_files("whole", "model");
}

TEST_F(Checkpointed, OfAFreeRunTheRestIsTrained) {
  Options options = with_checkpoints();
  options.deterministic = false;
  stop_after(2, options);
  EXPECT_EQ(resume(options).epochs, 5);
  EXPECT_EQ(epochs_, std::vector<int>({3, 4, 5}));
}

TEST_F(Checkpointed, WithoutResumeTheyAreNotOverwritten) {
  const Options options = with_checkpoints();
  stop_after(2, options);
  const std::string message = message_of(ErrorKind::kUsage, [&] { return run(options).epochs; });
  EXPECT_TRUE(message.starts_with("option -checkpointDir: " + path("checkpoints/"))) << message;
  EXPECT_TRUE(message.ends_with("give -resume to go on from it, or another folder")) << message;
}

TEST_F(Checkpointed, ADamagedOneFallsBackToTheOneBefore) {
  run(with_checkpoints("whole"));
  const Options options = with_checkpoints();
  stop_after(3, options);
  ASSERT_EQ(checkpoints().size(), 2u);
  const std::string newest = "checkpoints/" + checkpoints().back();
  const std::string content = read(newest);
  write(newest, content.substr(0, content.size() / 2));
  resume(options);
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_TRUE(warnings_[0].starts_with(path(newest) + ": found ")) << warnings_[0];
  EXPECT_TRUE(warnings_[0].ends_with("; the one before it is tried")) << warnings_[0];
  EXPECT_EQ(resumed_.size(), 1u);
  expect_same_files("whole", "model");
}

TEST_F(Checkpointed, IfAllAreDamagedTrainingStartsAnew) {
  const Options options = with_checkpoints();
  stop_after(3, options);
  for (const std::string& name : checkpoints()) write("checkpoints/" + name, "damaged");
  EXPECT_EQ(resume(options).epochs, 5);
  EXPECT_EQ(epochs_.front(), 1);
  ASSERT_EQ(warnings_.size(), 2u);
  EXPECT_TRUE(warnings_[1].ends_with("training starts anew")) << warnings_[1];
}

TEST_F(Checkpointed, TheLastTwoAreKept) {
  const Options options = with_checkpoints();
  for (const int epoch : {1, 2, 3, 4}) {
    Options next = options;
    next.resume = epoch > 1;
    EXPECT_TRUE(run_and_ask(next, epoch, stop).stopped);
    EXPECT_EQ(checkpoints().size(), std::min<size_t>(2, static_cast<size_t>(epoch)));
  }
  EXPECT_EQ(checkpoints().back(), "wordfire-0-000004.checkpoint");
}

TEST_F(Checkpointed, AnImmediateStopWritesNoSecondOne) {
  Options options = with_checkpoints();
  stop_after(2, options);
  const std::vector<std::string> before = checkpoints();
  options.resume = true;
  TrainingJob* running = nullptr;
  TrainingEvents events;
  events.resumed = [&](const CheckpointReport&) { running->request_stop(); };
  TrainingJob job(check_options(options), events);
  running = &job;
  EXPECT_EQ(job.run().checkpoint, path("checkpoints/" + before.back()));
  EXPECT_EQ(checkpoints(), before);
}

TEST_F(Checkpointed, DivergenceKeepsTheLastGoodOne) {
  Options options = with_checkpoints();
  stop_after(1, options);
  const std::vector<std::string> before = checkpoints();
  const std::string content = read("checkpoints/" + before.back());
  options.lr = 1e30;
  EXPECT_TRUE(message_of(ErrorKind::kInternal, [&] {
                return resume(options).epochs;
              }).starts_with("training diverged in epoch 1"));
  EXPECT_EQ(checkpoints(), before);
  EXPECT_TRUE(read("checkpoints/" + before.back()) == content);
  options.lr = with_checkpoints().lr;
  resume(options);
  EXPECT_EQ(epochs_.front(), 2);
}

TEST_F(Checkpointed, TwoRunsDoNotShareAFolder) {
  const Options options = with_checkpoints();
  std::string message;
  run_and_ask(options, 1, [&](TrainingJob&) {
    Options other = with_checkpoints("other");
    message = message_of(ErrorKind::kUsage, [&] { return run(other).epochs; });
  });
  EXPECT_EQ(message, "option -checkpointDir: another run writes to " + path("checkpoints") +
                         ", want a folder for each run");
}

TEST_F(Checkpointed, AFolderThatCannotBeMadeIsAnErrorBeforeAnythingIsRead) {
  Options wrong = with_checkpoints();
  wrong.checkpoint_dir = write("file", "") + "/checkpoints";
  TrainingEvents events;
  events.reading = [](int64_t) { ADD_FAILURE() << "read"; };
  const std::string message =
      message_of(SystemFault::kCannotCreate, [&] { return run(wrong, events).epochs; });
  EXPECT_TRUE(message.starts_with(wrong.checkpoint_dir)) << message;
}

// A run whose text, options or program differ starts anew, and says why.
class OtherRuns : public Checkpointed {
 protected:
  // The one warning of a run with other options after a stop.
  template <typename Change>
  std::string warning_after(Change change) {
    Options options = with_checkpoints();
    options.validation = {write("validation.txt", labelled_text(300, 5))};
    stop_after(2, options);
    change(options);
    resume(options);
    EXPECT_EQ(epochs_.front(), resumed_.empty() ? 1 : 3);
    EXPECT_EQ(warnings_.size(), 1u);
    return warnings_.empty() ? "" : warnings_[0];
  }
};

TEST_F(OtherRuns, OptionsThatBearOnTheResult) {
  const std::string warning = warning_after([](Options& options) {
    options.lr = 0.3;
    options.seed = 4;
  });
  EXPECT_TRUE(
      warning.ends_with(".checkpoint: not resumed, training starts anew: -lr was 0.2 and is 0.3; "
                        "-seed was 0 and is 4"))
      << warning;
}

TEST_F(OtherRuns, OtherText) {
  const std::string warning =
      warning_after([&](Options&) { write("train.txt", labelled_text(400, 2)); });
  EXPECT_TRUE(warning.ends_with("starts anew: the training text differs")) << warning;
}

TEST_F(OtherRuns, LinesInAnotherOrder) {
  const std::string warning = warning_after([&](Options&) {
    std::string text = labelled_text(400, 1);
    const size_t line = text.find('\n') + 1;
    std::rotate(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(line), text.end());
    write("train.txt", text);
  });
  EXPECT_TRUE(warning.ends_with("starts anew: the training text differs")) << warning;
}

TEST_F(OtherRuns, OtherValidationText) {
  const std::string warning =
      warning_after([&](Options&) { write("validation.txt", labelled_text(300, 6)); });
  EXPECT_TRUE(warning.ends_with("starts anew: the validation text differs")) << warning;
}

TEST_F(OtherRuns, TheSameTextUnderAnotherNameIsTheSame) {
  Options options = with_checkpoints();
  stop_after(2, options);
  std::filesystem::rename(path("train.txt"), path("renamed.txt"));
  options.input = {path("renamed.txt")};
  options.output = path("elsewhere");
  resume(options);
  EXPECT_TRUE(warnings_.empty());
  EXPECT_EQ(epochs_.front(), 3);
}

TEST_F(OtherRuns, OtherVectorsToBeginWith) {
  Options options = with_checkpoints();
  options.pretrained_vectors = write("first.vec", "1 8\ntopic1 1 2 3 4 5 6 7 8\n");
  stop_after(2, options);
  resume(options);
  EXPECT_EQ(epochs_.front(), 3);
  stop_after(2, options);
  write("first.vec", "1 8\ntopic1 1 2 3 4 5 6 7 9\n");
  resume(options);
  EXPECT_EQ(epochs_.front(), 1);
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_TRUE(warnings_[0].ends_with("the vectors to begin with differ")) << warnings_[0];
}

class WordVectorRuns : public Checkpointed, public testing::WithParamInterface<TrainingMode> {
 protected:
  Options of_mode(const std::string& output) {
    Options options = default_options(GetParam());
    options.args.dim = 8;
    options.args.epoch = 4;
    options.args.min_count = 1;
    options.args.bucket = 300;
    options.thread = 2;
    options.deterministic = true;
    options.input = {write("train.txt", labelled_text(600, 1))};
    options.output = path(output);
    options.checkpoint_dir = path("checkpoints");
    return options;
  }
};
INSTANTIATE_TEST_SUITE_P(Modes, WordVectorRuns,
                         testing::Values(TrainingMode::kSkipgram, TrainingMode::kCbow,
                                         TrainingMode::kBatchSkipgram));

TEST_P(WordVectorRuns, GoOnToTheSameBytes) {
  run(of_mode("whole"));
  stop_after(2, of_mode("model"));
  resume(of_mode("model"));
  EXPECT_EQ(epochs_.front(), 3);
  expect_same_files("whole", "model");
}

}  // namespace
}  // namespace wordfire
