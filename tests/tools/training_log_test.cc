#include "tools/training_log.h"

#include <gtest/gtest.h>

#include <string>

namespace wordfire {
namespace {

constexpr int64_t kGibi = int64_t{1} << 30;

// What a listener says on standard error.
template <typename Call>
std::string said(Call call) {
  testing::internal::CaptureStderr();
  call();
  return testing::internal::GetCapturedStderr();
}

TEST(TrainingLog, ProgressLooksLikeFastTexts) {
  EXPECT_EQ(format_progress({.fraction = 0.05,
                             .words_per_second_per_thread = 123456.7,
                             .lr = 0.095,
                             .loss = 1.5,
                             .eta_seconds = 3723}),
            "Progress:   5.0% words/sec/thread:  123456 lr:  0.095000 avg.loss:  1.500000 ETA:   "
            "1h 2m 3s");
  EXPECT_EQ(format_progress({.fraction = 1, .words_per_second_per_thread = 12345678, .loss = 0.25}),
            "Progress: 100.0% words/sec/thread: 12345678 lr:  0.000000 avg.loss:  0.250000 ETA:   "
            "0h 0m 0s");
}

TEST(TrainingLog, MemoryNamesWhatIsThere) {
  EXPECT_EQ(format_memory({.corpus = kGibi / 4, .matrices = kGibi}),
            "Memory: at most 1.2 GiB: 1.0 GiB for the vectors, 256.0 MiB for the text, 0.0 MiB for "
            "threads, 0.0 MiB for the rest\n");
  EXPECT_EQ(
      format_memory({.scratch = kGibi, .matrices = kGibi / 2, .best_copy = kGibi / 2}),
      "Memory: at most 1.0 GiB: 512.0 MiB for the vectors, 0.0 MiB for the text, 0.0 MiB for "
      "threads, 0.0 MiB for the rest, 512.0 MiB for the best epoch; 1.0 GiB in a scratch file\n");
}

TEST(TrainingLog, EpochsNameTheirScores) {
  EXPECT_EQ(
      format_epoch({.epoch = 3,
                    .loss = 0.5,
                    .validation = ValidationScore{.examples = 300, .precision = 0.9, .recall = 0.8},
                    .best = true}),
      "Epoch 3: validation P@1 0.9000 R@1 0.8000 (300 lines), loss 0.500000, the best so far\n");
}

TEST(TrainingLog, VerboseZeroListensToNothing) {
  TrainingLog log(0);
  const TrainingEvents events = log.events();
  EXPECT_FALSE(events.reading || events.corpus || events.memory || events.progress || events.epoch);
}

TEST(TrainingLog, VerboseOneShowsTheLastProgressAlone) {
  TrainingLog log(1);
  const TrainingEvents events = log.events();
  EXPECT_EQ(said([&] { events.progress({.fraction = 0.5}); }), "");
  EXPECT_EQ(said([&] { events.progress({.fraction = 1}); }).substr(0, 17), "\rProgress: 100.0%");
}

TEST(TrainingLog, ReadingIsToldByTheMillion) {
  TrainingLog log(2);
  const TrainingEvents events = log.events();
  EXPECT_EQ(said([&] { events.reading(999999); }), "");
  EXPECT_EQ(said([&] { events.reading(1000001); }), "\rRead 1M words");
  EXPECT_EQ(said([&] { events.reading(1000002); }), "");
}

TEST(TrainingLog, WhatWasReadBeginsLikeFastText) {
  TrainingLog log(2);
  const TrainingEvents events = log.events();
  CorpusReport report;
  report.tokens = 2500000;
  report.words = 1000;
  report.labels = 14;
  const std::string text = said([&] { events.corpus(report); });
  EXPECT_EQ(text.rfind("\rRead 2M words\nNumber of words:  1000\nNumber of labels: 14\n", 0), 0u)
      << text;
}

TEST(TrainingLog, PlacesOfCheckpointsAreToldAsPeopleCount) {
  EXPECT_EQ(format_place({"c", 3, 10, 0}), "before epoch 3 of 10");
  EXPECT_EQ(format_place({"c", 3, 10, 5000}), "in epoch 3 of 10, before example 5001");
  EXPECT_EQ(format_place({"c", 11, 10, 0}), "all epochs are done");
}

TEST(TrainingLog, CheckpointsAreToldToThoseWhoWantProgress) {
  const CheckpointReport report{"c", 2, 3, 0};
  for (const int32_t verbose : {1, 2}) {
    TrainingLog log(verbose);
    const TrainingEvents events = log.events();
    EXPECT_EQ(said([&] { events.checkpoint(report); }),
              verbose == 1 ? "" : "Checkpoint c: before epoch 2 of 3\n");
    EXPECT_EQ(said([&] { events.resumed(report); }),
              "Training goes on from c: before epoch 2 of 3\n");
  }
}

TEST(TrainingLog, MessagesBeginOnALineOfTheirOwn) {
  TrainingLog log(2);
  const TrainingEvents events = log.events();
  (void)said([&] { events.progress({.fraction = 0.5}); });
  EXPECT_EQ(said([&] { events.warning("w"); }), "\nwordfire: warning: w\n");
  EXPECT_EQ(said([&] { events.warning("w"); }), "wordfire: warning: w\n");
}

}  // namespace
}  // namespace wordfire
