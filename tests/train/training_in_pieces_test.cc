// Runs whose text fits neither memory nor scratch space, so that each epoch reads it again.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/train/job_fixture.h"

namespace wordfire {
namespace {

class InPieces : public JobTest {
 protected:
  // One epoch over several pieces.
  Options in_pieces() {
    Options options = this->options();
    options.args.epoch = 1;
    options.memory_mb = 1;
    options.scratch_mb = 1;
    options.train_score = true;
    text_ = labelled_text(100'000, 1);
    write("train.txt", text_);
    return options;
  }
  // Feeds passes 0 to `passes` - 1 of a channel, whose FIFOs are there from the start.
  [[nodiscard]] std::jthread feed(int passes) const {
    std::vector<std::string> fifos;
    for (int pass = 0; pass < passes; ++pass) {
      fifos.push_back(path("channel_" + std::to_string(pass)));
      EXPECT_EQ(::mkfifo(fifos.back().c_str(), 0600), 0);
    }
    return std::jthread([this, fifos] {
      for (const std::string& fifo : fifos) std::ofstream(fifo) << text_;
    });
  }
  void expect_model_with_estimate(const TrainingResult& result) const {
    EXPECT_EQ(result.files.size(), 3u);
    EXPECT_EQ(result.epochs, 1);
    EXPECT_FALSE(result.stopped);
    EXPECT_TRUE(result.train);
    EXPECT_TRUE(result.train_is_estimate);
  }

  std::string text_;
};

TEST_F(InPieces, ARunThatIsStoppedInALaterPieceGoesOnFromThere) {
  Options options = in_pieces();
  options.args.epoch = 1000;
  options.checkpoint_dir = path("checkpoints");
  TrainingJob* running = nullptr;
  TrainingEvents events;
  events.progress = [&](const Progress& now) {
    const double epochs = now.fraction * 1000;
    const double of_epoch = epochs - std::floor(epochs);
    if (of_epoch > 0.5 && of_epoch < 0.95) running->request_stop();
  };
  TrainingJob first(check_options(options), events);
  running = &first;
  const TrainingResult stopped = first.run();

  options.resume = true;
  std::vector<CheckpointReport> resumed;
  std::vector<std::string> warnings;
  events.resumed = [&](const CheckpointReport& report) {
    resumed.push_back(report);
    running->request_stop();
  };
  events.warning = [&](const std::string& message) { warnings.push_back(message); };
  TrainingJob second(check_options(options), events);
  running = &second;
  second.run();
  ASSERT_EQ(resumed.size(), 1u);
  EXPECT_EQ(resumed[0].path, stopped.checkpoint);
  EXPECT_GT(resumed[0].example, 40'000);
  EXPECT_EQ(warnings.size(), 1u);  // that the text is read again
}

TEST_F(InPieces, TextThatIsGoneWhenItIsScoredCostsNoModel) {
  const Options options = in_pieces();
  TrainingEvents events;
  std::string last_warning;
  events.epoch = [&](const EpochReport&) { write("train.txt", ""); };
  events.warning = [&](const std::string& message) { last_warning = message; };
  expect_model_with_estimate(run(options, events));
  EXPECT_NE(last_warning.find("not the text that was counted"), std::string::npos) << last_warning;
}

TEST_F(InPieces, AskedToFinishWhileAPassToScoreIsAwaitedItSavesTheModel) {
  Options options = in_pieces();
  options.input = {"pipe:" + path("channel")};
  const std::jthread feeder = feed(2);
  std::jthread owner;
  TrainingJob* running = nullptr;
  TrainingEvents events;
  events.epoch = [&](const EpochReport&) {
    owner = std::jthread([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      running->request_finish();
    });
  };
  TrainingJob job(check_options(options), events);
  running = &job;
  expect_model_with_estimate(job.run());
}

}  // namespace
}  // namespace wordfire
