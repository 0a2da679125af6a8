#include "sagemaker/container_log.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "sagemaker/metrics.h"
#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

class ContainerLogTest : public FolderTest {
 protected:
  ContainerLog log_{[this](std::string_view line) { lines_.emplace_back(line); }};
  std::vector<std::string> lines_;
  Options options_;
};

EpochReport epoch_report(int epoch, double precision, bool best, int since_best) {
  EpochReport report;
  report.epoch = epoch;
  report.loss = 0.25;
  report.validation = ValidationScore{100, precision, precision};
  report.best = best;
  report.epochs_since_best = since_best;
  return report;
}

TEST_F(ContainerLogTest, StampedLinesAreThoseOfAPythonLogger) {
  log_.info("hello");
  log_.warning("careful");
  const std::regex shape(
      R"(\[\d\d/\d\d/\d{4} \d\d:\d\d:\d\d (INFO|WARNING) \d+\] (hello|careful))");
  for (const std::string& line : lines_) EXPECT_TRUE(std::regex_match(line, shape)) << line;
}

TEST_F(ContainerLogTest, SizesOfFilesAreMebibytesAsPythonPrintsThem) {
  write("whole", std::string(2 << 20, 'x'));
  write("part", std::string(1 << 19, 'x'));
  log_.processing(path("whole"));
  log_.processing(path("part"));
  EXPECT_TRUE(lines_[0].ends_with("Processing " + path("whole") + " . File size: 2.0 MB"));
  EXPECT_TRUE(lines_[1].ends_with("Processing " + path("part") + " . File size: 0.5 MB"));
}

TEST_F(ContainerLogTest, SaysWhatWasFoundAndWhatTrains) {
  log_.gpus(0.0254, 2);
  log_.mode("cbow", Device::kGpu);
  log_.mode("cbow", Device::kCpu);
  EXPECT_TRUE(lines_[0].ends_with("] nvidia-smi took: 0.025 secs to identify 2 gpus"));
  EXPECT_TRUE(
      lines_[1].ends_with("] Running single machine GPU BlazingText training using cbow mode."));
  EXPECT_TRUE(
      lines_[2].ends_with("] Running single machine CPU BlazingText training using cbow mode."));
}

TEST_F(ContainerLogTest, TheLineOnTheDeviceNamesHyperparameters) {
  log_.events(options_).device("-deterministic is of the CPU");
  EXPECT_TRUE(lines_[0].ends_with("] \"deterministic\" is of the CPU")) << lines_[0];
}

TEST_F(ContainerLogTest, OneOfSeveralRanksSaysWhichAndHasProgressWithoutHashes) {
  const TrainingEvents events = log_.events(options_);
  events.progress({.fraction = 0.5, .words_per_second = 2e6, .lr = 0.025});
  log_.rank("algo-2", 1, 3);
  events.progress({.fraction = 0.75, .words_per_second = 2e6, .lr = 0.0125});
  EXPECT_EQ(lines_, std::vector<std::string>(
                        {"##### Alpha: 0.0250  Progress: 50.00%  Million Words/sec: 2.00 #####",
                         "processor name: algo-2, number of processors: 3, rank: 1",
                         "Alpha: 0.0125  Progress: 75.00%  Million Words/sec: 2.00"}));
}

TEST_F(ContainerLogTest, ReadingIsToldEveryTenMillionWordsAndAtTheEnd) {
  const TrainingEvents events = log_.events(options_);
  for (const int64_t millions : {1, 9, 10, 14, 19, 31}) events.reading(millions * 1000000);
  CorpusReport report;
  report.tokens = 34999999;
  report.words = 253;
  events.corpus(report);
  lines_.resize(4);
  EXPECT_EQ(lines_, std::vector<std::string>({"Read 10M words", "Read 30M words", "Read 34M words",
                                              "Number of words:  253"}));
}

TEST_F(ContainerLogTest, ProgressIsToldAboutEveryFivePercent) {
  const TrainingEvents events = log_.events(options_);
  for (int i = 0; i <= 1000; ++i) {
    Progress now;
    now.fraction = i / 1000.0;
    now.lr = 0.05 * (1 - now.fraction);
    now.words_per_second = 2123456;
    events.progress(now);
  }
  EXPECT_EQ(lines_.size(), 21u);
  EXPECT_EQ(lines_[1], "##### Alpha: 0.0475  Progress: 5.00%  Million Words/sec: 2.12 #####");
}

TEST_F(ContainerLogTest, EpochsAreToldInBlazingTextsWords) {
  options_.thread = 16;
  options_.early_stopping = true;
  options_.patience = 2;
  options_.min_epochs = 1;
  const TrainingEvents events = log_.events(options_);
  events.epoch(epoch_report(5, 0.969529, true, 0));
  events.epoch(epoch_report(6, 0.9, false, 1));
  EXPECT_EQ(lines_, std::vector<std::string>(
                        {"-------------- End of epoch: 5", "#train_loss: 0.250000",
                         "Using 16 threads for prediction!", "Validation accuracy: 0.969529",
                         "#validation_accuracy: 0.9695",
                         "Validation accuracy improved! Storing best weights...",
                         "-------------- End of epoch: 6", "#train_loss: 0.250000",
                         "Using 16 threads for prediction!", "Validation accuracy: 0.900000",
                         "#validation_accuracy: 0.9000",
                         "Validation accuracy has not improved for last 1 epochs."}));
  events.epoch(epoch_report(7, 0.9, false, 2));
  EXPECT_EQ(lines_.back(), "Reached patience. Terminating training.");
}

TEST_F(ContainerLogTest, WithoutEarlyStoppingNoWeightsAreStored) {
  log_.events(options_).epoch(epoch_report(1, 0.5, true, 0));
  EXPECT_EQ(lines_.back(), "#validation_accuracy: 0.5000");
}

TEST_F(ContainerLogTest, TheEndOfAClassifierIsBlazingTexts) {
  TrainingResult result;
  result.words_per_second = 21.61e6;
  result.train_seconds = 2.886;
  result.train = ValidationScore{112000, 0.98664, 0.98664};
  result.validation = ValidationScore{70000, 0.972057, 0.972057};
  log_.finished(options_, result);
  EXPECT_EQ(lines_, std::vector<std::string>(
                        {"Training finished.", "Average throughput in Million words/sec: 21.61",
                         "Total training time in seconds: 2.89", "", "#train_accuracy: 0.9866",
                         "Number of train examples: 112000", "", "#validation_accuracy: 0.9721",
                         "Number of validation examples: 70000"}));
}

TEST_F(ContainerLogTest, TheEndOfWordVectorsIsBlazingTexts) {
  options_.args.model = ModelKind::kSkipgram;
  log_.finished(options_, {});
  EXPECT_EQ(lines_.front(), "Training finished!");
  lines_.clear();
  log_.evaluated("/opt/ml/model/vectors.txt", "{\n    \"mean_rho\": 0.5\n}");
  EXPECT_EQ(lines_, std::vector<std::string>({"Evaluating word embeddings....",
                                              "Vectors read from: /opt/ml/model/vectors.txt ", "{",
                                              "    \"mean_rho\": 0.5", "}"}));
}

TEST(ShellCommand, QuotesWhatAShellWouldTakeApart) {
  EXPECT_EQ(shell_command("wordfire cbow", {"-input", "/a b/c", "", "it's", "$HOME", "x-1.txt"}),
            R"(wordfire cbow -input '/a b/c' '' 'it'\''s' '$HOME' x-1.txt)");
}

TEST(Metrics, TheirExpressionsFindThemAndNothingElse) {
  for (const Metric& metric : all_metrics()) {
    const std::string line = metric_line(metric, 0.6958053323245772);
    for (const Metric& other : all_metrics()) {
      std::smatch found;
      const std::regex regex{std::string(other.regex)};
      EXPECT_EQ(std::regex_search(line, found, regex), other.name == metric.name) << line;
    }
  }
}

TEST(Metrics, TheFirstGroupOfAnExpressionIsTheNumber) {
  for (const Metric& metric : all_metrics()) {
    const std::string line = metric_line(metric, 0.6958053323245772);
    std::smatch found;
    ASSERT_TRUE(std::regex_search(line, found, std::regex{std::string(metric.regex)}));
    EXPECT_NEAR(std::stod(found[1]), 0.6958, 0.005);
  }
}

TEST(Metrics, HaveBlazingTextsDecimals) {
  EXPECT_EQ(metric_line(kTrainAccuracy, 0.98664), "#train_accuracy: 0.9866");
  EXPECT_EQ(metric_line(kMeanRho, 0.6958053323245772), "#mean_rho: 0.6958053323245772");
  EXPECT_EQ(metric_line(kMeanRho, -0.25), "#mean_rho: -0.25");
}

}  // namespace
}  // namespace wordfire
