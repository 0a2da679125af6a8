// Damaged tables and wrong options.
#include <gtest/gtest.h>

#include "tests/io/prepare_fixture.h"

namespace wordfire {
namespace {

class PrepareErrors : public PrepareTest {};

TEST_F(PrepareErrors, WrongColumnCountNamesFileByteAndRow) {
  const std::string input = write("x.csv", "h1,h2\na,b\n\nc,d,e\nf\n");
  for (const int threads : {1, 4}) {
    PrepareOptions job = options(input);
    job.recipe.header = true;
    job.thread = threads;
    job.block_bytes = 1;
    EXPECT_EQ(error_of(job), input +
                                 ": byte 11 (row 4): 3 columns, want 2 as in the first row; "
                                 "-skipBad leaves such rows out");
  }
}

TEST_F(PrepareErrors, JsonFaultNamesTheLine) {
  const std::string input = write("x.jsonl", "{\"label\":1,\"text\":\"a\"}\n\n{\"label\":2}\n");
  EXPECT_EQ(error_of(options(input)), input + ":3: no column \"text\"; the line has \"label\"");
}

TEST_F(PrepareErrors, UnknownClassIsAnError) {
  PrepareOptions job = options(write("x.csv", "1,a\n3,b\n"));
  job.classes = write("classes.txt", "x\ny\n");
  EXPECT_NE(error_of(job).find("byte 4 (row 2): class \"3\" is not in"), std::string::npos);
}

TEST_F(PrepareErrors, OpenQuoteIsAnErrorAlsoWhenBadRowsAreSkipped) {
  PrepareOptions job = options(write("x.csv", "a,b\nc,\"d\n"));
  job.skip_bad = 0.9;
  EXPECT_NE(error_of(job).find("byte 6 (row 2): a quoted field"), std::string::npos);
}

TEST_F(PrepareErrors, TwentyMegabytesInOneFieldAreRefused) {
  const std::string input = write("x.csv", "a,b\nc,\"" + std::string(20 << 20, 'x') + "\"\nd,e\n");
  EXPECT_NE(error_of(options(input)).find("byte 6 (row 2): a field of 20971522 bytes"),
            std::string::npos);
  PrepareOptions job = options(input);
  job.skip_bad = 0.5;
  EXPECT_EQ(run(job).counts.bad, 1);
  EXPECT_EQ(read("out"), "__label__a b\n__label__d e\n");
}

TEST_F(PrepareErrors, BadRowsAreSkippedUpToAShare) {
  PrepareOptions job = options(write("x.csv", "a,1\nb,2\nbad\nc,3\nd,\"4\"5\n"));
  job.skip_bad = 0.4;
  const PrepareReport report = run(job);
  EXPECT_EQ(report.counts.bad, 2);
  ASSERT_EQ(report.faults.size(), 2u);
  EXPECT_NE(report.faults[0].find("byte 8 (row 3): 1 columns"), std::string::npos);
  EXPECT_NE(report.faults[1].find("byte 21 (row 5): text behind a closing quote"),
            std::string::npos);
  EXPECT_EQ(lines("out").size(), 3u);
  job.skip_bad = 0.39;
  EXPECT_NE(error_of(job).find("2 of 5 rows cannot be read, more than -skipBad 0.39; the first: "),
            std::string::npos);
}

TEST_F(PrepareErrors, NoTextAtAllIsAnError) {
  EXPECT_NE(error_of(options(write("x.csv", ""))).find("no training text out of 0 rows"),
            std::string::npos);
  EXPECT_NE(error_of(options(write("x.csv", "a,\n"))).find("1 without text"), std::string::npos);
  EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(PrepareErrors, FailureLeavesOlderFilesAlone) {
  write("out", "older");
  write("prepare.json", "older");
  error_of(options(write("x.csv", table(3000) + "bad")));
  EXPECT_EQ(read("out"), "older");
  EXPECT_EQ(read("prepare.json"), "older");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 3);
}

TEST_F(PrepareErrors, StopWritesNothing) {
  PrepareJob* running = nullptr;
  PrepareOptions job_options = options(write("x.csv", table(3000)));
  job_options.block_bytes = 1000;
  PrepareJob job(job_options, [&](const PrepareProgress&) { running->request_stop(); });
  running = &job;
  EXPECT_TRUE(job.run().stopped);
  EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(PrepareErrors, InputIsNeverOverwritten) {
  const std::string input = write("x.csv", "a,b\n");
  PrepareOptions job = options(input);
  fs::create_hard_link(input, path("out"));
  EXPECT_NE(error_of(job, ErrorKind::kUsage).find("both input (as "), std::string::npos);
  EXPECT_EQ(read("x.csv"), "a,b\n");
}

TEST_F(PrepareErrors, OptionsOutOfRangeAreUsageErrors) {
  const std::string input = write("x.csv", "a,b\n");
  const auto refused = [&](auto change) {
    PrepareOptions job = options(input);
    change(job);
    return error_of(job, ErrorKind::kUsage).substr(7, 5);
  };
  EXPECT_EQ(refused([](auto& job) { job.recipe.keep = 0; }), "-keep");
  EXPECT_EQ(refused([](auto& job) { job.recipe.keep = 1.1; }), "-keep");
  EXPECT_EQ(refused([](auto& job) { job.recipe.split = 1; }), "-spli");
  EXPECT_EQ(refused([](auto& job) { job.skip_bad = -0.1; }), "-skip");
  EXPECT_EQ(refused([](auto& job) { job.recipe.label_prefix = ""; }), "-labe");
  EXPECT_EQ(refused([](auto& job) { job.recipe.label_prefix = "a b"; }), "-labe");
  EXPECT_EQ(refused([](auto& job) { job.input = {}; }), "-inpu");
  EXPECT_EQ(refused([](auto& job) { job.output = ""; }), "-outp");
  EXPECT_EQ(refused([this](auto& job) { job.output = path("prepare.json"); }), "-outp");
}

TEST_F(PrepareErrors, MissingInputAndFolderAreSystemErrors) {
  error_of(options(path("none.csv")), ErrorKind::kSystem);
  PrepareOptions job = options(write("x.csv", "a,b\n"));
  job.output = path("none/out");
  error_of(job, ErrorKind::kSystem);
  job = options(path("x.csv"));
  job.classes = path("none.txt");
  error_of(job, ErrorKind::kSystem);
}

TEST_F(PrepareErrors, ScratchFolderThatIsNotThereIsAnError) {
  PrepareOptions job = options(write("x.csv", table(20000)));
  job.recipe.shuffle = true;
  job.memory = 1;
  job.scratch_dir = path("none");
  EXPECT_NE(error_of(job, ErrorKind::kSystem).find("cannot create a scratch file"),
            std::string::npos);
}

}  // namespace
}  // namespace wordfire
