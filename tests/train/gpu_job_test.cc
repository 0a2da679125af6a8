// Jobs on GPUs, which are processors here: who looks at the weights gets those that were trained.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "core/option_table.h"
#include "tests/dist/thread_ranks.h"
#include "tests/train/fake_gpu.h"
#include "tests/train/job_fixture.h"

namespace wordfire {
namespace {

class GpuJobs : public JobTest {
 protected:
  GpuJobs() {
    fake_gpus().count = 1;
    fake_gpus().broken = {};
    fake_gpus().memory = int64_t{4} << 30;
    forget();
  }
  static void forget() {
    fake_gpus().looked_for = fake_gpus().trained_on = {};
    fake_gpus().weights_taken = fake_gpus().weights_given = 0;
  }

  // One thread of a processor trains these as a GPU does here.
  Options one_thread(const std::string& output) {
    Options free = options(output);
    free.deterministic = false;
    free.thread = 1;
    free.args.epoch = 5;
    return free;
  }
  static Options on_cpu(Options options) {
    options.device.kind = DeviceWish::Kind::kCpu;
    return options;
  }
  Options with_validation(const std::string& output) {
    Options scored = one_thread(output);
    scored.validation = {write("validation.txt", labelled_text(333, 9))};
    scored.early_stopping = true;
    scored.min_epochs = 1;
    scored.patience = 2;
    return scored;
  }
  // The same, and the same bytes, on both.
  void expect_as_on_the_cpu(Options gpu, const Options& cpu) {
    const TrainingResult got = run(gpu);
    const TrainingResult want = run(on_cpu(cpu));
    EXPECT_EQ(fake_gpus().trained_on, std::vector<int>{0});
    EXPECT_EQ(got.best_epoch, want.best_epoch);
    EXPECT_TRUE(bytes("gpu") == bytes("cpu"));
  }
};

TEST_F(GpuJobs, TrainTheSameModel) {
  expect_as_on_the_cpu(one_thread("gpu"), one_thread("cpu"));
  EXPECT_EQ(fake_gpus().weights_taken, 1);
  EXPECT_EQ(fake_gpus().weights_given, 1);
}

TEST_F(GpuJobs, ScoreTheWeightsOfEachEpochAndKeepTheBest) {
  expect_as_on_the_cpu(with_validation("gpu"), with_validation("cpu"));
  EXPECT_GE(fake_gpus().weights_given, 3);
}

TEST_F(GpuJobs, WriteCheckpointsThatOthersGoOnFrom) {
  Options interrupted = one_thread("gpu");
  interrupted.checkpoint_dir = path("checkpoints");
  EXPECT_TRUE(run_and_ask(interrupted, 2, [](TrainingJob& job) { job.request_stop(); }).stopped);
  interrupted.resume = true;
  forget();
  expect_as_on_the_cpu(interrupted, one_thread("cpu"));
}

TEST_F(GpuJobs, WriteACheckpointWhenTheyAreStoppedWithinAnEpoch) {
  Options pieces = one_thread("gpu");
  pieces.memory_mb = pieces.scratch_mb = 1;
  pieces.checkpoint_dir = path("checkpoints");
  std::string text;
  for (int i = 0; i < 30; ++i) text += labelled_text(3000, i);
  pieces.input = {write("long.txt", text)};
  std::string warnings;
  TrainingEvents events;
  TrainingJob* running = nullptr;
  events.warning = [&](const std::string& warning) { warnings += warning + "\n"; };
  events.progress = [&](const Progress&) { running->request_stop(); };
  TrainingJob job(check_options(pieces), events);
  running = &job;
  EXPECT_NE(job.run().checkpoint, "");
  EXPECT_EQ(warnings.find("not a number"), std::string::npos) << warnings;
}

TEST_F(GpuJobs, SaveWhatThereIsWhenTheyAreToFinish) {
  const auto finish = [](TrainingJob& job) { job.request_finish(); };
  run_and_ask(one_thread("gpu"), 2, finish);
  run_and_ask(on_cpu(one_thread("cpu")), 2, finish);
  EXPECT_TRUE(bytes("gpu") == bytes("cpu"));
}

TEST_F(GpuJobs, ScoreTheTrainingText) {
  Options scored = one_thread("gpu");
  scored.train_score = true;
  EXPECT_GT(run(scored).train->precision, 0.8);
}

TEST_F(GpuJobs, NeedMemoryOfTheHostForATextThatGoesThroughIt) {
  const auto other_of = [&](const Options& options) {
    int64_t other = 0;
    TrainingEvents events;
    events.memory = [&](const MemoryEstimate& estimate) { other = estimate.other; };
    run(options, events);
    return other;
  };
  const int64_t fits = other_of(one_thread("gpu"));
  fake_gpus().memory = int64_t{100} << 20;
  EXPECT_NEAR(static_cast<double>(other_of(one_thread("gpu")) - fits), 256 << 20, 32 << 20);
}

// Several processes that train one model, each on a GPU.
class GpuRanks : public GpuJobs {
 protected:
  static std::vector<TrainingResult> run_on(int size, const Options& options) {
    std::vector<TrainingResult> results(static_cast<size_t>(size));
    run_ranks_well(size, [&](Communicator& ranks) {
      TrainingJob job(check_options(options), {}, ranks);
      results[static_cast<size_t>(ranks.rank())] = job.run();
    });
    return results;
  }
  // Of the model of `output`.
  double precision_of(const std::string& output) {
    return score_by_hand(path(output + ".bin"), labelled_text(300, 9)).precision;
  }
};

TEST_F(GpuRanks, TrainTheSameModelAsProcessors) {
  for (const int size : {2, 3}) {
    forget();
    fake_gpus().count = size;
    Options gpus = one_thread("gpu");
    Options cpus = one_thread("cpu");
    gpus.args.epoch = cpus.args.epoch = 2;
    run_on(size, gpus);
    run_on(size, on_cpu(cpus));
    EXPECT_TRUE(bytes("gpu") == bytes("cpu"));
    // For the last epoch alone: rounds move rows.
    EXPECT_EQ(fake_gpus().weights_given, size);
    EXPECT_EQ(fake_gpus().weights_taken, size);
  }
}

TEST_F(GpuRanks, TakeGpusOfTheirOwn) {
  fake_gpus().count = 4;
  fake_gpus().broken = {0};
  run_on(3, one_thread("gpu"));
  std::ranges::sort(fake_gpus().trained_on);
  EXPECT_EQ(fake_gpus().trained_on, (std::vector{1, 2, 3}));
}

TEST_F(GpuRanks, ValidateWriteCheckpointsAndGoOn) {
  fake_gpus().count = 2;
  Options interrupted = with_validation("gpu");
  interrupted.checkpoint_dir = path("checkpoints");
  run_on(2, interrupted);
  EXPECT_GT(precision_of("gpu"), 0.8);
}

}  // namespace
}  // namespace wordfire
