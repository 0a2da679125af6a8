#include "train/device_choice.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "core/option_table.h"
#include "tests/dist/thread_ranks.h"

namespace wordfire {
namespace {

constexpr int kThreads = 4;

CudaDevice h200(int ordinal = 0) {
  return {.ordinal = ordinal,
          .name = "NVIDIA H200",
          .compute_major = 9,
          .compute_minor = 0,
          .total_bytes = int64_t{140} << 30};
}

// A machine with `count` GPUs, of which each search finds the same, or the one that it asks for.
struct Machine {
  int count = 1;
  CudaSearch found;
  std::vector<int> asked = {};
  std::set<int> broken = {};
  int counted = 0;

  Gpus gpus() {
    return {[this] {
              ++counted;
              return count;
            },
            [this](int ordinal) {
              asked.push_back(ordinal);
              if (broken.contains(ordinal)) {
                return CudaSearch{.device = {},
                                  .reason = "GPU " + std::to_string(ordinal) + " is broken",
                                  .is_fault = true};
              }
              CudaSearch search = found;
              if (search.device && ordinal >= 0) search.device->ordinal = ordinal;
              return search;
            },
            [this] { return count > 0; }};
  }
};

Machine with_gpus(int count) { return {count, {.device = h200(), .reason = {}}}; }
Machine without_gpu() { return {0, {.device = {}, .reason = "there is no driver"}}; }
Machine without_cuda() {
  return {0, {.device = {}, .reason = "built without CUDA", .is_built = false}};
}
Machine with_old_driver() {
  return {0, {.device = {}, .reason = "the driver is old", .is_fault = true}};
}

Options with_device(const std::string& text) {
  Options options;
  options.device = *parse_device_wish(text);
  return options;
}

DeviceChoice choose(const Options& options, Machine& machine, const PlaceOnHost& local = {}) {
  return choose_device(options, kThreads, local, machine.gpus());
}

// What a run is refused with, or "".
std::string refusal(const Options& options, Machine machine) {
  try {
    (void)choose(options, machine);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "";
}

TEST(DeviceChoice, AutoTakesAGpuAndSaysWhich) {
  Machine machine = with_gpus(1);
  const DeviceChoice choice = choose(Options(), machine);
  ASSERT_TRUE(choice.gpu);
  EXPECT_EQ(choice.line, "Training on NVIDIA H200 (140 GiB, compute 9.0)");
  EXPECT_FALSE(choice.is_warning);
}

TEST(DeviceChoice, AutoWithoutAGpuSaysSoInOneLine) {
  Machine machine = without_gpu();
  const DeviceChoice choice = choose(Options(), machine);
  EXPECT_FALSE(choice.gpu);
  EXPECT_EQ(choice.line, "No GPU (there is no driver): training on the CPU with 4 threads");
  EXPECT_FALSE(choice.is_warning);
}

TEST(DeviceChoice, AutoWithoutCudaHasNothingToSay) {
  Machine machine = without_cuda();
  EXPECT_EQ(choose(Options(), machine).line, "");
}

TEST(DeviceChoice, AutoWarnsOfAGpuThatCannotBeUsed) {
  Machine machine = with_old_driver();
  const DeviceChoice choice = choose(Options(), machine);
  EXPECT_FALSE(choice.gpu);
  EXPECT_EQ(choice.line, "no GPU trains: the driver is old; training on the CPU with 4 threads");
  EXPECT_TRUE(choice.is_warning);
}

TEST(DeviceChoice, AGpuByNameThatIsNotThereFailsTheRun) {
  EXPECT_EQ(
      refusal(with_device("cuda"), without_gpu()),
      R"(option -device: got "cuda", but there is no driver; leave it out, and the CPU trains)");
  EXPECT_NE(refusal(with_device("cuda:1"), with_old_driver()).find("the driver is old"),
            std::string::npos);
  EXPECT_NE(refusal(with_device("cuda"), without_cuda()).find("built without CUDA"),
            std::string::npos);
  EXPECT_EQ(refusal(with_device("cuda"), with_gpus(1)), "");
}

TEST(DeviceChoice, TheCpuByNameAsksForNoGpu) {
  Machine machine = with_gpus(1);
  const DeviceChoice choice = choose(with_device("cpu"), machine);
  EXPECT_FALSE(choice.gpu);
  EXPECT_EQ(choice.line, "");
  EXPECT_TRUE(machine.asked.empty());
}

TEST(DeviceChoice, ACheckOfTheTextStartsNoGpu) {
  Machine machine = with_gpus(1);
  Options options;
  options.check = true;
  EXPECT_FALSE(choose(options, machine).gpu);
  EXPECT_TRUE(machine.asked.empty());
}

TEST(DeviceChoice, DeterministicTrainingIsOfTheCpu) {
  Options options;
  options.deterministic = true;
  Machine machine = with_gpus(1);
  const DeviceChoice choice = choose(options, machine);
  EXPECT_FALSE(choice.gpu);
  EXPECT_EQ(choice.line, "-deterministic is of the CPU: training on the CPU with 4 threads");
  EXPECT_TRUE(machine.asked.empty());
  EXPECT_EQ(machine.counted, 0);  // which would start CUDA
  Machine bare = without_gpu();
  EXPECT_EQ(choose(options, bare).line, "");
}

TEST(DeviceChoice, WhatGpusDoNotTrainIsOfTheCpu) {
  Options exact = default_options(TrainingMode::kSkipgram);
  exact.exact = true;
  Options softmax = default_options(TrainingMode::kCbow);
  softmax.args.loss = LossKind::kSoftmax;
  for (Options options : {exact, softmax}) {
    Machine machine = with_gpus(1);
    const DeviceChoice choice = choose(options, machine);
    EXPECT_FALSE(choice.gpu);
    EXPECT_NE(choice.line.find(" is of the CPU: training on the CPU"), std::string::npos);
    EXPECT_FALSE(choice.is_warning);
    options.device.kind = DeviceWish::Kind::kCuda;
    EXPECT_NE(refusal(options, with_gpus(1)).find(" is of the CPU"), std::string::npos);
  }
  for (const TrainingMode mode : {TrainingMode::kSupervised, TrainingMode::kSkipgram,
                                  TrainingMode::kCbow, TrainingMode::kBatchSkipgram}) {
    Machine machine = with_gpus(1);
    EXPECT_TRUE(choose(default_options(mode), machine).gpu);
  }
}

// The GPU that each of `ranks` ranks of a machine takes; -1: the CPU.
std::vector<int> taken(int ranks, const Machine& machine, const std::string& device = "auto") {
  std::vector<int> gpus;
  for (int rank = 0; rank < ranks; ++rank) {
    Machine seen = machine;
    const DeviceChoice choice = choose(with_device(device), seen, {rank, ranks});
    gpus.push_back(choice.gpu ? choice.gpu->ordinal : -1);
  }
  return gpus;
}

Machine with_broken(int count, std::set<int> broken) {
  Machine machine = with_gpus(count);
  machine.broken = std::move(broken);
  return machine;
}

TEST(DeviceChoice, RanksOfAMachineTakeItsGpusInTurn) {
  EXPECT_EQ(taken(4, with_gpus(2)), (std::vector{0, 1, 0, 1}));
  EXPECT_EQ(taken(2, with_gpus(4)), (std::vector{0, 1}));
  EXPECT_EQ(taken(3, with_gpus(2), "cuda:1"), (std::vector{1, 1, 1}));
}

TEST(DeviceChoice, ARankStartsNoGpuButItsOwn) {
  Machine machine = with_gpus(4);
  (void)choose(Options(), machine, {2, 4});
  EXPECT_EQ(machine.asked, std::vector{2});
}

TEST(DeviceChoice, RanksDoNotMeetWhereAGpuIsBroken) {
  EXPECT_EQ(taken(2, with_broken(4, {0})), (std::vector{2, 1}));
  EXPECT_EQ(taken(2, with_broken(4, {1})), (std::vector{0, 3}));
  EXPECT_EQ(taken(3, with_broken(8, {1, 4})), (std::vector{0, 7, 2}));
}

TEST(DeviceChoice, RanksShareGpusEvenlyWhereTooFewCanBeUsed) {
  EXPECT_EQ(taken(2, with_broken(2, {0})), (std::vector{1, 1}));
  EXPECT_EQ(taken(4, with_broken(4, {0, 1})), (std::vector{2, 3, 2, 3}));
  EXPECT_EQ(taken(2, with_broken(2, {0, 1})), (std::vector{-1, -1}));
}

TEST(DeviceChoice, ARankSaysWhyItsOwnGpuIsNotUsed) {
  Machine machine = with_broken(2, {0, 1});
  EXPECT_EQ(choose(Options(), machine, {1, 2}).line,
            "no GPU trains: GPU 1 is broken; training on the CPU with 4 threads");
}

TEST(DeviceChoice, RanksOfAMachineAreCounted) {
  const auto ranks = std::make_shared<ThreadRanks>(3);
  for (int rank = 0; rank < 3; ++rank) {
    const PlaceOnHost local = place_on_host(ThreadRank(ranks, rank));
    EXPECT_EQ(local.rank, rank);
    EXPECT_EQ(local.ranks, 3);
  }
  EXPECT_EQ(place_on_host(*make_one_process()).ranks, 1);
}

TEST(DeviceChoice, TheLogSaysWhichRankTrainsOnWhat) {
  run_ranks_well(3, [](Communicator& ranks) {
    const bool on_gpu = ranks.rank() != 1;
    const DeviceChoice mine =
        on_gpu ? DeviceChoice{.gpu = h200(ranks.rank()), .line = {}} : DeviceChoice();
    const auto devices = devices_of_ranks(ranks, mine);
    EXPECT_EQ(devices_line(ranks, devices),
              "Ranks train on " + ranks.host(0) + ": GPU 0, CPU, GPU 2");
    EXPECT_EQ(device_of_all(devices), Device::kCpu);
    EXPECT_EQ(device_of_all(std::vector<std::string>{"GPU 0", "GPU 0"}), Device::kGpu);
    const auto none = devices_of_ranks(ranks, {});
    EXPECT_EQ(devices_line(ranks, none), "");
  });
}

TEST(DeviceChoice, ARunThatTheGpuRefusesGoesToTheCpu) {
  const Error refused = Error::usage("it has too little memory");
  const DeviceChoice choice = choose_cpu_instead(refused, Options(), 1);
  EXPECT_EQ(choice.line,
            "no GPU trains: it has too little memory; training on the CPU with 1 thread");
  EXPECT_TRUE(choice.is_warning);
  EXPECT_THROW((void)choose_cpu_instead(refused, with_device("cuda"), 1), Error);
}

TEST(DeviceChoice, AGpuThatFailsBeforeItTrainsLeavesTheRunToTheCpu) {
  const Error failed = Error::internal("the GPU failed");
  const DeviceChoice choice = choose_cpu_instead(failed, Options(), 2);
  EXPECT_EQ(choice.line, "no GPU trains: the GPU failed; training on the CPU with 2 threads");
  EXPECT_THROW((void)choose_cpu_instead(failed, with_device("cuda"), 2), Error);
}

}  // namespace
}  // namespace wordfire
