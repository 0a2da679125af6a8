// Which rows are taken, in which order: the same for any number of threads and any memory.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/io/prepare_fixture.h"

namespace wordfire {
namespace {

class PrepareOrder : public PrepareTest {};

TEST_F(PrepareOrder, AnyNumberOfThreadsGivesTheSameBytes) {
  for (const bool shuffle : {false, true}) {
    std::string want;
    for (const int threads : {1, 2, 4}) {
      PrepareOptions job = options(write("x.csv", table(2000)));
      job.thread = threads;
      job.block_bytes = 500;
      job.recipe.shuffle = shuffle;
      job.recipe.keep = 0.7;
      job.recipe.split = 0.2;
      run(job);
      const std::string got = read("out.train") + "|" + read("out.test");
      if (threads == 1) want = got;
      EXPECT_EQ(got, want) << threads;
    }
  }
}

TEST_F(PrepareOrder, BlockSizeChangesNothing) {
  const std::string want = prepared("x.csv", table(500));
  for (const size_t block_bytes : {1, 13, 100}) {
    PrepareOptions job = options(path("x.csv"));
    job.block_bytes = block_bytes;
    run(job);
    EXPECT_EQ(read("out"), want);
  }
}

TEST_F(PrepareOrder, ShuffleIsAPermutationThatDependsOnTheSeedAlone) {
  const std::string input = write("x.csv", table(3000));
  run(options(input));
  auto plain = lines("out");
  PrepareOptions job = options(input);
  job.recipe.shuffle = true;
  run(job);
  auto first = lines("out");
  run(job);
  EXPECT_EQ(lines("out"), first);
  job.recipe.seed = 1;
  run(job);
  auto other = lines("out");
  EXPECT_NE(first, plain);
  EXPECT_NE(first, other);
  for (auto* each : {&plain, &first, &other}) std::sort(each->begin(), each->end());
  EXPECT_EQ(first, plain);
  EXPECT_EQ(other, plain);
}

TEST_F(PrepareOrder, ShuffleLargerThanMemoryIsTheSameShuffle) {
  PrepareOptions job = options(write("x.csv", table(20000)));
  job.recipe.shuffle = true;
  EXPECT_EQ(run(job).spilled, 0);
  const std::string want = read("out");
  job.memory = 1;
  EXPECT_GT(run(job).spilled, 500000);
  EXPECT_EQ(read("out"), want);
}

TEST_F(PrepareOrder, ShuffledPlacesAreUniform) {
  PrepareOptions job = options(write("x.csv", table(3000)));
  job.recipe.shuffle = true;
  run(job);
  const auto text = lines("out");
  // Of the 1000 rows of class 0, 500 stand in the first half; the standard deviation is 13.
  const auto begins = [](const std::string& line) { return line.starts_with("__label__c0 "); };
  EXPECT_NEAR(std::count_if(text.begin(), text.begin() + 1500, begins), 500, 70);
  const auto title = [](const std::string& line) {
    return line.find("title , 1") != std::string::npos;
  };
  EXPECT_NEAR(std::count_if(text.begin(), text.begin() + 1500, title), 556, 70);
}

TEST_F(PrepareOrder, SplitIsAnExactPartition) {
  const std::string input = write("x.csv", table(3000));
  run(options(input));
  auto whole = lines("out");
  PrepareOptions job = options(input);
  job.recipe.split = 0.1;
  const PrepareReport report = run(job);
  auto train = lines("out.train");
  const auto test = lines("out.test");
  EXPECT_EQ(report.counts.test, static_cast<int64_t>(test.size()));
  EXPECT_NEAR(static_cast<double>(test.size()), 300, 80);  // standard deviation 16
  train.insert(train.end(), test.begin(), test.end());
  std::sort(train.begin(), train.end());
  std::sort(whole.begin(), whole.end());
  EXPECT_EQ(train, whole);
}

TEST_F(PrepareOrder, EqualTextsStayOnOneSideOfTheSplit) {
  PrepareOptions job = options(write("x.csv", table(500) + table(500)));
  job.recipe.split = 0.5;
  run(job);
  const auto train = lines("out.train");
  for (const std::string& line : lines("out.test")) {
    EXPECT_EQ(std::count(train.begin(), train.end(), line), 0) << line;
  }
}

TEST_F(PrepareOrder, KeptShare) {
  const std::string input = write("x.csv", table(5000));
  for (const double keep : {0.2, 0.9}) {
    PrepareOptions job = options(input);
    job.recipe.keep = keep;
    const RowCounts counts = run(job).counts;
    EXPECT_NEAR(static_cast<double>(counts.train), 5000 * keep, 150);  // standard deviation 28
    EXPECT_EQ(counts.train + counts.left_out, 5000);
  }
}

TEST_F(PrepareOrder, KeptRowsDoNotChangeWithSplitAndShuffle) {
  PrepareOptions job = options(write("x.csv", table(1000)));
  job.recipe.keep = 0.3;
  run(job);
  auto want = lines("out");
  job.recipe.shuffle = true;
  job.recipe.split = 0.4;
  run(job);
  auto got = lines("out.train");
  for (const auto& line : lines("out.test")) got.push_back(line);
  std::sort(got.begin(), got.end());
  std::sort(want.begin(), want.end());
  EXPECT_EQ(got, want);
}

}  // namespace
}  // namespace wordfire
