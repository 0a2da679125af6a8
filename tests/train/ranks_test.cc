// Jobs of several ranks, which are threads here.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tests/dist/thread_ranks.h"
#include "tests/train/job_fixture.h"

namespace wordfire {
namespace {

class RankJobs : public JobTest {
 protected:
  // What the ranks of one run leave.
  struct Ran {
    std::vector<TrainingResult> results;
    std::vector<std::exception_ptr> failures;
    [[nodiscard]] std::string error(size_t rank) const {
      try {
        if (failures[rank]) std::rethrow_exception(failures[rank]);
      } catch (const std::exception& error) {
        return error.what();
      }
      return "";
    }
  };

  // change(rank, options): what a rank has for itself. events: of all ranks.
  template <typename Change>
  static Ran run_on(int size, const Options& options, Change change, TrainingEvents events = {}) {
    Ran ran;
    ran.results.resize(static_cast<size_t>(size));
    ran.failures = run_ranks(size, [&](Communicator& ranks) {
      Options own = options;
      own.thread = 1;
      change(ranks.rank(), own);
      TrainingJob job(check_options(own), events, ranks);
      ran.results[static_cast<size_t>(ranks.rank())] = job.run();
    });
    return ran;
  }
  static Ran run_on(int size, const Options& options, TrainingEvents events = {}) {
    const Ran ran = run_on(
        size, options, [](int, Options&) {}, std::move(events));
    for (size_t rank = 0; rank < ran.failures.size(); ++rank) EXPECT_EQ(ran.error(rank), "");
    return ran;
  }

  Options free_options(const std::string& output = "model") {
    Options free = options(output);
    free.deterministic = false;
    free.args.epoch = 5;
    return free;
  }
  [[nodiscard]] Model model(const std::string& output) const {
    return *load_model(path(output + ".bin")).model;
  }
  // Words, labels and counts, in their order.
  [[nodiscard]] std::string dictionary_of(const std::string& output) const {
    const auto loaded = load_model(path(output + ".bin"));
    const Dictionary& dictionary = loaded.model->dictionary;
    std::string text = std::to_string(dictionary.ntokens()) + "\n";
    for (int32_t id = 0; id < dictionary.size(); ++id) {
      text += std::string(dictionary.text(id)) + " " + std::to_string(dictionary.count(id)) + "\n";
    }
    return text;
  }
  double precision_of(const std::string& output) {
    return score_by_hand(path(output + ".bin"), labelled_text(300, 9)).precision;
  }
};

// No exception of ours; who calls back may throw what it likes.
TEST_F(RankJobs, NoLongerShareTheirFlagsHoweverTheyEnd) {
  run_ranks_well(1, [&](Communicator& ranks) {
    TrainingEvents events;
    events.corpus = [](const CorpusReport&) { throw 7; };
    TrainingJob job(check_options(options()), events, ranks);
    EXPECT_THROW((void)job.run(), int);
    job.request_stop();
    std::atomic<bool> flag = false;
    ranks.share({&flag});
    EXPECT_FALSE(flag);
    ranks.share({});
  });
}

TEST_F(RankJobs, TheFirstRankAloneWrites) {
  const Ran ran = run_on(3, options());
  EXPECT_EQ(ran.results[0].files.size(), 3u);
  EXPECT_TRUE(ran.results[1].files.empty());
  EXPECT_EQ(ran.results[0].ranks, 3);
  EXPECT_GT(ran.results[0].bytes_sent, 0);
  EXPECT_EQ(ran.results[2].epochs, 2);
}

TEST_F(RankJobs, TheVocabularyIsThatOfOneProcess) {
  Options one = options("one");
  run(one);
  for (const int size : {2, 3, 5}) {
    const std::string name = "ranks" + std::to_string(size);
    run_on(size, options(name));
    EXPECT_EQ(dictionary_of(name), dictionary_of("one")) << size;
  }
}

TEST_F(RankJobs, LearnAsOneProcessDoes) {
  run(free_options("one"));
  for (const int size : {2, 4}) {
    run_on(size, free_options("ranks"));
    EXPECT_GT(precision_of("ranks"), precision_of("one") - 0.05) << size;
  }
}

TEST_F(RankJobs, EveryModeAndLossTrains) {
  for (const ModelKind kind : {ModelKind::kSkipgram, ModelKind::kCbow}) {
    for (const LossKind loss : {LossKind::kNegativeSampling, LossKind::kHierarchicalSoftmax}) {
      Options words = free_options();
      words.args.model = kind;
      words.args.loss = loss;
      words.args.word_ngrams = 1;
      words.args.minn = words.args.maxn = 3;
      run_on(2, words);
      EXPECT_GT(model("model").dictionary.nwords(), 10);
    }
  }
}

TEST_F(RankJobs, AreDeterministicForTheirNumber) {
  for (const int32_t maxn : {0, 3}) {
    Options first = options("first");
    first.args.maxn = maxn;
    first.args.minn = maxn > 0 ? 2 : 0;
    Options second = first;
    second.output = path("second");
    run_on(3, first);
    run_on(3, second, [](int rank, Options& own) { own.thread = 1 + rank; });
    EXPECT_EQ(bytes("first"), bytes("second"));
  }
}

TEST_F(RankJobs, TakeSharesOfTheirOwn) {
  Options sharded = options("sharded");
  sharded.sharded = true;
  const std::string all = labelled_text(400, 1);
  const size_t middle = all.find('\n', all.size() / 2) + 1;
  const std::vector<std::string> parts = {write("a.txt", all.substr(0, middle)), path("empty"),
                                          write("b.txt", all.substr(middle))};
  std::filesystem::create_directory(path("empty"));
  const Ran ran = run_on(
      3, sharded, [&](int rank, Options& own) { own.input = {parts[static_cast<size_t>(rank)]}; });
  EXPECT_EQ(ran.error(0) + ran.error(1) + ran.error(2), "");
  run(options("one"));
  EXPECT_EQ(dictionary_of("sharded"), dictionary_of("one"));
}

TEST_F(RankJobs, ShareATextThatFitsNowhere) {
  Options pieces = free_options("pieces");
  pieces.memory_mb = 1;
  pieces.scratch_mb = 1;
  std::string text;
  for (int i = 0; i < 30; ++i) text += labelled_text(3000, i);
  pieces.input = {write("long.txt", text)};
  pieces.args.epoch = 1;
  int warnings = 0;
  std::mutex mutex;
  TrainingEvents events;
  events.warning = [&](const std::string&) {
    const std::lock_guard lock(mutex);
    ++warnings;
  };
  run_on(2, pieces, events);
  EXPECT_EQ(warnings, 2);
  EXPECT_GT(precision_of("pieces"), 0.5);
}

TEST_F(RankJobs, ScoreTheValidationTextTogether) {
  const std::string text = labelled_text(333, 9);
  Options scored = free_options();
  scored.validation = {write("validation.txt", text)};
  scored.early_stopping = true;
  scored.min_epochs = 1;
  scored.patience = 2;
  scored.train_score = true;
  std::vector<ValidationScore> scores;
  TrainingEvents events;
  events.epoch = [&](const EpochReport& report) { scores.push_back(*report.validation); };
  const Ran ran = run_on(3, scored, events);
  EXPECT_EQ(ran.results[0].train->examples, 400);
  EXPECT_EQ(ran.results[1].best_epoch, ran.results[0].best_epoch);
  const ValidationScore by_hand = score_by_hand(path("model.bin"), text);
  EXPECT_EQ(ran.results[0].validation->precision, by_hand.precision);
  EXPECT_EQ(ran.results[0].validation->recall, by_hand.recall);
  EXPECT_EQ(static_cast<int>(scores.size()), ran.results[0].epochs);
}

TEST_F(RankJobs, ScoreValidationTextsOfTheirOwn) {
  const std::string first = labelled_text(100, 8);
  const std::string second = labelled_text(61, 9);
  const std::vector<std::string> parts = {write("first.txt", first), write("second.txt", second)};
  Options scored = options();
  scored.sharded_validation = true;
  const Ran ran = run_on(2, scored, [&](int rank, Options& own) {
    own.validation = {parts[static_cast<size_t>(rank)]};
  });
  EXPECT_EQ(ran.error(0) + ran.error(1), "");
  const ValidationScore by_hand = score_by_hand(path("model.bin"), first + second);
  EXPECT_EQ(ran.results[0].validation->examples, 161);
  EXPECT_EQ(ran.results[1].validation->precision, by_hand.precision);
}

TEST_F(RankJobs, RefuseOptionsThatDiffer) {
  const Ran ran = run_on(3, options(), [](int rank, Options& own) {
    if (rank == 2) own.lr = 0.7;
  });
  for (size_t rank = 0; rank < 3; ++rank) {
    EXPECT_NE(ran.error(rank).find("option -lr: 0.7 on rank 2"), std::string::npos)
        << ran.error(rank);
  }
}

// They cut the same files into shares.
TEST_F(RankJobs, RefuseFormatsThatDiffer) {
  Options both = options();
  both.validation = both.input;
  const auto refusal = [&](const Options& of_all, auto change) {
    const Ran ran = run_on(2, of_all, [&](int rank, Options& own) {
      if (rank == 1) change(own);
    });
    EXPECT_EQ(ran.error(0), ran.error(1));
    return ran.error(1);
  };
  EXPECT_NE(refusal(both, [](Options& own) { own.input_format = InputFormat::kText; })
                .find(R"(option -inputFormat: "text" on rank 1)"),
            std::string::npos);
  EXPECT_NE(refusal(both, [](Options& own) { own.validation_format = InputFormat::kText; })
                .find(R"(option -validationFormat: "text" on rank 1)"),
            std::string::npos);
}

TEST_F(RankJobs, ReportTheProgressOfAllWhereTheFirstHasNoText) {
  Options sharded = free_options();
  sharded.sharded = true;
  std::filesystem::create_directory(path("empty"));
  std::vector<Progress> seen;
  TrainingEvents events;
  events.progress = [&](const Progress& now) { seen.push_back(now); };
  const auto change = [&](int rank, Options& own) {
    if (rank == 0) own.input = {path("empty")};
  };
  const Ran ran = run_on(2, sharded, change, events);
  EXPECT_EQ(ran.error(0) + ran.error(1), "");
  ASSERT_FALSE(seen.empty());
  EXPECT_DOUBLE_EQ(seen.back().fraction, 1);
  EXPECT_NEAR(seen.back().loss, ran.results[0].loss, 0.2);
  EXPECT_GT(seen.back().words_per_second, 0);
  EXPECT_TRUE(std::ranges::is_sorted(seen, {}, &Progress::fraction));
}

TEST_F(RankJobs, RefuseTextsThatDiffer) {
  const std::string other = write("other.txt", labelled_text(400, 2));
  const Ran ran = run_on(2, options(), [&](int rank, Options& own) {
    if (rank == 1) own.input = {other};
  });
  for (size_t rank = 0; rank < 2; ++rank) {
    EXPECT_NE(ran.error(rank).find("the training text differs: rank 1"), std::string::npos);
  }
}

TEST_F(RankJobs, AllEndWithTheErrorOfOne) {
  const Ran ran = run_on(3, options(), [&](int rank, Options& own) {
    if (rank == 1) own.input = {path("missing.txt")};
  });
  for (size_t rank = 0; rank < 3; ++rank) {
    EXPECT_NE(ran.error(rank).find("missing.txt: cannot open"), std::string::npos);
  }
  EXPECT_FALSE(std::filesystem::exists(path("model.bin")));
}

class RankCheckpoints : public RankJobs {
 protected:
  Options with_checkpoints() {
    Options options = free_options();
    options.args.epoch = 6;
    options.checkpoint_dir = path("checkpoints");
    return options;
  }
  // Stops at the end of epoch 3.
  void stop(int size, const Options& options) {
    std::vector<std::unique_ptr<TrainingJob>> jobs(static_cast<size_t>(size));
    std::vector<TrainingResult> results(static_cast<size_t>(size));
    run_ranks_well(size, [&](Communicator& ranks) {
      Options own = options;
      own.thread = 1;
      auto& job = jobs[static_cast<size_t>(ranks.rank())];
      TrainingEvents events;
      events.epoch = [&](const EpochReport& report) {
        if (report.epoch == 3) job->request_stop();
      };
      job = std::make_unique<TrainingJob>(check_options(own), events, ranks);
      results[static_cast<size_t>(ranks.rank())] = job->run();
    });
    for (const TrainingResult& result : results) EXPECT_TRUE(result.stopped);
    EXPECT_NE(results[0].checkpoint, "");
  }
};

TEST_F(RankCheckpoints, AnyNumberOfRanksGoesOn) {
  for (const int before : {1, 2, 3}) {
    for (const int after : {1, 2, 4}) {
      stop(before, with_checkpoints());
      Options resumed = with_checkpoints();
      resumed.resume = true;
      std::vector<CheckpointReport> reports;
      TrainingEvents events;
      events.resumed = [&](const CheckpointReport& report) { reports.push_back(report); };
      const Ran ran = run_on(after, resumed, events);
      ASSERT_EQ(reports.size(), 1u) << before << " to " << after;
      EXPECT_GE(reports[0].epoch, 3);
      EXPECT_EQ(ran.results[0].epochs, 6);
      EXPECT_GT(precision_of("model"), 0.5);
    }
  }
}

TEST_F(RankCheckpoints, DeterministicRanksEndWithTheSameBytes) {
  Options whole = with_checkpoints();
  whole.deterministic = true;
  run_on(2, whole);
  const std::string wanted = bytes("model");
  stop(2, whole);
  whole.resume = true;
  run_on(2, whole);
  EXPECT_EQ(bytes("model"), wanted);
}

TEST_F(RankJobs, AStopOfOneStopsAll) {
  const Ran ran = [&] {
    Ran ran;
    ran.results.resize(2);
    ran.failures = run_ranks(2, [&](Communicator& ranks) {
      TrainingJob job(check_options(options()), {}, ranks);
      if (ranks.rank() == 1) job.request_stop();
      ran.results[static_cast<size_t>(ranks.rank())] = job.run();
    });
    return ran;
  }();
  EXPECT_EQ(ran.error(0) + ran.error(1), "");
  EXPECT_TRUE(ran.results[0].stopped && ran.results[1].stopped);
  EXPECT_FALSE(std::filesystem::exists(path("model.bin")));
}

}  // namespace
}  // namespace wordfire
