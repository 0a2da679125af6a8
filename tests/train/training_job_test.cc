#include "train/training_job.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/option_table.h"
#include "io/manifest.h"
#include "io/recipe.h"
#include "tests/train/job_fixture.h"

namespace wordfire {
namespace {

class Job : public JobTest {};

TEST_F(Job, WritesTheModelTheVectorsAndTheManifest) {
  const TrainingResult result = run(options());
  EXPECT_EQ(result.files, std::vector<std::string>(
                              {path("model.bin"), path("model.vec"), path("model.manifest.json")}));
  EXPECT_EQ(files(), std::vector<std::string>(
                         {"model.bin", "model.manifest.json", "model.vec", "train.txt"}));
  EXPECT_EQ(result.epochs, 2);
  EXPECT_FALSE(result.stopped);
  EXPECT_GT(result.loss, 0);
  EXPECT_TRUE(load_model(path("model.bin")).warnings.empty());
}

TEST_F(Job, SavesTheOutputMatrixWhenAsked) {
  Options asked = options();
  asked.save_output = true;
  run(asked);
  EXPECT_TRUE(read("model.output").starts_with("6 8\n__label__0 "));
}

TEST_F(Job, WritesTheFilesThatItIsGivenAndNoOther) {
  Options wanted = options();
  (void)run(wanted);
  wanted.output = path("other");
  TrainingJob job(check_options(wanted), {},
                  {path("other.bin"), "", "", path("other.manifest.json")});
  const std::vector<std::string> written = {path("other.bin"), path("other.manifest.json")};
  EXPECT_EQ(job.run().files, written);
  EXPECT_EQ(bytes("other"), bytes("model"));
  EXPECT_EQ(read_manifest(written[1])->files.size(), 1u);
  EXPECT_EQ(files(), std::vector<std::string>({"model.bin", "model.manifest.json", "model.vec",
                                               "other.bin", "other.manifest.json", "train.txt"}));
}

TEST_F(Job, ARecipeBesideTheInputIsKeptIfItNamesTheInput) {
  const Options options = this->options();
  for (const std::string name : {"train.txt", "other.txt"}) {
    Recipe recipe;
    recipe.outputs = {name};
    write("prepare.json", recipe.to_json());
    run(options);
    const auto manifest = read_manifest(manifest_path(path("model.bin")));
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest->recipe_json.empty(), name != "train.txt");
  }
}

TEST_F(Job, TheTextIsNeverOverwritten) {
  for (const char* suffix : {".bin", ".vec", ".output", ".manifest.json"}) {
    Options wrong = options();
    wrong.save_output = true;
    const std::string text = write("model" + std::string(suffix), labelled_text(400, 1));
    (suffix == std::string(".vec") ? wrong.validation : wrong.input) = {text};
    const std::string before = read_file(text);
    EXPECT_EQ(message_of(ErrorKind::kUsage, [&] { return run(wrong).epochs; }),
              text + ": both input and output, want another name for the output");
    EXPECT_TRUE(read_file(text) == before);
    std::filesystem::remove(text);
  }
}

TEST_F(Job, EveryOutputIsTriedBeforeAnythingIsRead) {
  Options wrong = options();
  wrong.save_output = true;
  std::filesystem::create_directory(path("model.output"));
  TrainingEvents events;
  events.reading = [](int64_t) { ADD_FAILURE() << "read"; };
  const std::string message =
      message_of(SystemFault::kCannotCreate, [&] { return run(wrong, events).epochs; });
  EXPECT_NE(message.find(path("model.output")), std::string::npos) << message;
}

TEST_F(Job, TheScratchFolderIsTriedBeforeAnythingIsRead) {
  Options wrong = options();
  wrong.scratch_dir = path("nowhere");
  EXPECT_NE(message_of(SystemFault::kCannotCreate, [&] { return run(wrong).epochs; }), "no error");
}

TEST_F(Job, AModelThatTheDiskCannotHoldIsNotTrained) {
  Options huge = options();
  write("train.txt", "__label__a x\n__label__b y\n");
  huge.args.bucket = 10'000'000;
  huge.args.dim = 1'000'000;  // 40 TB
  TrainingEvents events;
  events.epoch = [](const EpochReport&) { ADD_FAILURE() << "trained"; };
  const std::string message =
      message_of(SystemFault::kIo, [&] { return run(huge, events).epochs; });
  EXPECT_TRUE(message.starts_with(path("model.bin") + ": needs ")) << message;
}

TEST_F(Job, ABrokenRecipeBesideTheTextIsAWarning) {
  write("prepare.json", "{");
  std::vector<std::string> warnings;
  TrainingEvents events;
  events.warning = [&](const std::string& message) { warnings.push_back(message); };
  EXPECT_EQ(run(options(), events).epochs, 2);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_TRUE(warnings[0].starts_with(path("prepare.json"))) << warnings[0];
  Options named = options();
  named.prepare = path("prepare.json");
  EXPECT_NE(message_of(ErrorKind::kData, [&] { return run(named).epochs; }), "no error");
}

TEST_F(Job, DeterministicRunsLeaveTheSameBytesOnAnyNumberOfThreads) {
  run(options("one"));
  for (const int threads : {1, 2, 4}) {
    Options many = options("many");
    many.thread = threads;
    run(many);
    EXPECT_TRUE(bytes("one") == bytes("many")) << threads;
    EXPECT_TRUE(read("one.vec") == read("many.vec")) << threads;
  }
}

TEST_F(Job, ASmallBudgetOfMemoryChangesNothing) {
  run(options("large"));
  Options small = options("small");
  small.memory_mb = 1;  // less than the first piece of storage, so everything is scratch
  MemoryEstimate estimate;
  TrainingEvents events;
  events.memory = [&](const MemoryEstimate& of_run) { estimate = of_run; };
  run(small, events);
  EXPECT_GT(estimate.scratch, 0);
  EXPECT_TRUE(bytes("large") == bytes("small"));
}

TEST_F(Job, AnotherSeedGivesAnotherModel) {
  run(options("first"));
  Options other = options("second");
  other.seed = 1;
  run(other);
  EXPECT_FALSE(bytes("first") == bytes("second"));
}

TEST_F(Job, ProgressRisesToTheEnd) {
  std::vector<Progress> reports;
  TrainingEvents events;
  events.progress = [&](const Progress& progress) { reports.push_back(progress); };
  Options free = options();
  free.deterministic = false;
  const TrainingResult result = run(free, events);
  ASSERT_FALSE(reports.empty());
  for (size_t i = 1; i < reports.size(); ++i) {
    EXPECT_GE(reports[i].fraction, reports[i - 1].fraction);
  }
  EXPECT_DOUBLE_EQ(reports.back().fraction, 1);
  EXPECT_DOUBLE_EQ(reports.back().eta_seconds, 0);
  EXPECT_DOUBLE_EQ(reports.back().lr, 0);
  EXPECT_NEAR(reports.back().loss, result.loss, 1e-9);
}

TEST_F(Job, EachEpochIsReportedAndLossesFall) {
  std::vector<EpochReport> epochs;
  TrainingEvents events;
  events.epoch = [&](const EpochReport& report) { epochs.push_back(report); };
  Options three = options();
  three.args.epoch = 3;
  run(three, events);
  ASSERT_EQ(epochs.size(), 3u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(epochs[static_cast<size_t>(i)].epoch, i + 1);
  EXPECT_LT(epochs[2].loss, epochs[0].loss);
  EXPECT_FALSE(epochs[0].validation);
}

TEST_F(Job, CheckReadsAndWritesNothing) {
  Options check = options();
  check.check = true;
  bool described = false;
  TrainingEvents events;
  events.corpus = [&](const CorpusReport& report) { described = report.lines == 400; };
  EXPECT_TRUE(run(check, events).checked_only);
  EXPECT_TRUE(described);
  EXPECT_EQ(files(), std::vector<std::string>({"train.txt"}));
}

TEST_F(Job, AStopAfterAnEpochLeavesOlderFilesAlone) {
  const Options two_epochs = check_options(options());
  write_old_files();
  TrainingJob* running = nullptr;
  TrainingEvents events;
  events.progress = [&](const Progress&) { running->request_stop(); };
  TrainingJob job(two_epochs, events);
  running = &job;
  const TrainingResult result = job.run();
  EXPECT_TRUE(result.stopped);
  EXPECT_TRUE(result.files.empty());
  EXPECT_TRUE(old_files_are_there());
}

TEST_F(Job, AStopWhileReadingLeavesOlderFilesAlone) {
  const Options two_epochs = check_options(options());
  write_old_files();
  TrainingJob* running = nullptr;
  TrainingEvents events;
  events.reading = [&](int64_t) { running->request_stop(); };
  events.epoch = [](const EpochReport&) { ADD_FAILURE() << "trained"; };
  TrainingJob job(two_epochs, events);
  running = &job;
  EXPECT_TRUE(job.run().stopped);
  EXPECT_TRUE(old_files_are_there());
}

TEST_F(Job, DivergenceNamesStepAndRateAndLeavesOlderFilesAlone) {
  for (const bool deterministic : {false, true}) {
    Options wild = options();
    wild.lr = 1e30;
    wild.deterministic = deterministic;
    write_old_files();
    const std::string message = message_of(ErrorKind::kInternal, [&] { return run(wild).epochs; });
    EXPECT_TRUE(message.starts_with("training diverged in epoch 1, step ")) << message;
    EXPECT_NE(message.find(" of 400), at learning rate "), std::string::npos) << message;
    EXPECT_NE(message.find("e+"), std::string::npos) << message;
    EXPECT_TRUE(message.ends_with("lower -lr")) << message;
    EXPECT_TRUE(old_files_are_there());
  }
}

TEST_F(Job, AFailureWhileReadingLeavesOlderFilesAlone) {
  Options wrong = options();
  write_old_files();
  write("train.txt", "no labels at all\n");
  const std::string message = message_of(ErrorKind::kData, [&] { return run(wrong).epochs; });
  EXPECT_TRUE(message.starts_with(path("train.txt") + ": no label among 5 tokens")) << message;
  EXPECT_TRUE(old_files_are_there());
}

TEST_F(Job, TheOutputFolderIsTriedBeforeAnythingIsRead) {
  Options wrong = options();
  wrong.output = path("nowhere/model");
  TrainingEvents events;
  events.reading = [](int64_t) { ADD_FAILURE() << "read"; };
  const std::string message =
      message_of(SystemFault::kCannotCreate, [&] { return run(wrong, events).epochs; });
  EXPECT_NE(message.find(path("nowhere")), std::string::npos) << message;
}

// The error of a run over `text`.
class JobText : public JobTest {
 protected:
  std::string error_of_text(std::string_view text) {
    Options wrong = options();
    write("train.txt", text);
    return message_of(ErrorKind::kData, [&] { return run(wrong).epochs; });
  }
};

TEST_F(JobText, WithoutTextThereIsAnError) {
  for (const char* text : {"", "\n\n", " \t \r\n"}) {
    EXPECT_EQ(error_of_text(text),
              path("train.txt") + ": no text, want lines like \"__label__name some words\"");
  }
}

TEST_F(JobText, OneLabelIsAnError) {
  EXPECT_EQ(
      error_of_text("__label__a x\n__label__a y\n"),
      path("train.txt") + ": one label only (\"__label__a\"), want at least two to tell apart");
}

TEST_F(JobText, ALabelWithoutANameIsAnErrorWithItsPlace) {
  EXPECT_EQ(error_of_text("__label__a x\n\n__label__ y\n__label__b z\n"),
            path("train.txt") + ":3: label \"__label__\" has no name; write \"__label__x\"");
}

TEST_F(JobText, TextWithoutAWordIsAnError) {
  EXPECT_EQ(error_of_text("__label__a __label__b"),
            path("train.txt") +
                ": no word is left of 2 tokens; give text with more words; labels are none");
}

TEST_F(Job, OneWordIsNoTextForWordVectors) {
  Options vectors = default_options(TrainingMode::kSkipgram);
  vectors.input = {write("train.txt", std::string(100, 'x') + ' ' + std::string(100, 'x'))};
  vectors.output = path("model");
  using Case = std::pair<int32_t, const char*>;
  for (const auto& [min_count, advice] :
       {Case{1, "give text with more words; labels are none"}, Case{2, "lower -minCount"}}) {
    vectors.args.min_count = min_count;
    EXPECT_EQ(message_of(ErrorKind::kData, [&] { return run(vectors).epochs; }),
              path("train.txt") + ": one word only (\"" + std::string(39, 'x') +
                  "...\") that occurs at least " + std::to_string(min_count) +
                  " times, want at least two to tell apart; " + advice);
  }
}

TEST_F(Job, LabelsAndWordsThatNeverMeetAreAnError) {
  Options wrong = options();
  wrong.args.word_ngrams = 1;
  wrong.args.min_count = 3;  // more often than lines end
  write("train.txt", "__label__a\n__label__b\nw w w");
  EXPECT_EQ(message_of(ErrorKind::kData, [&] { return run(wrong).epochs; }),
            path("train.txt") + ": no line has both a label and a word; lower -minCount");
}

TEST_F(Job, MissingInputIsAnError) {
  Options wrong = options();
  wrong.input = {path("missing.txt")};
  const std::string message = message_of(SystemFault::kNoInput, [&] { return run(wrong).epochs; });
  EXPECT_NE(message.find(path("missing.txt")), std::string::npos) << message;
}

}  // namespace
}  // namespace wordfire
