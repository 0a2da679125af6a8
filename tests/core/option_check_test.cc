#include "core/option_check.h"

#include <gtest/gtest.h>

#include <string>

#include "core/error.h"

namespace wordfire {
namespace {

Options valid() {
  Options options;
  options.input = {"train.txt"};
  options.output = "model";
  return options;
}

// What check_options says of `options`, or "".
std::string complaint(const Options& options) {
  try {
    (void)check_options(options);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "";
}

// The complaint begins with the option that is to be changed.
void expect_blame(const Options& options, const std::string& flag) {
  EXPECT_EQ(complaint(options).rfind("option -" + flag + ": ", 0), 0u) << complaint(options);
}

TEST(OptionCheck, InputAndOutputAreNeeded) {
  EXPECT_EQ(complaint(valid()), "");
  expect_blame(Options(), "input");
  Options options = valid();
  options.output.clear();
  expect_blame(options, "output");
  options.check = true;
  EXPECT_EQ(complaint(options), "");
}

TEST(OptionCheck, OutputIsAName) {
  Options options = valid();
  for (const char* output : {"models/", "-"}) {
    options.output = output;
    expect_blame(options, "output");
  }
}

TEST(OptionCheck, StandardInputIsReadOnce) {
  Options options = valid();
  options.input = {"-"};
  EXPECT_EQ(complaint(options), "");
  options.validation = {"-"};
  expect_blame(options, "input");
}

TEST(OptionCheck, PipeIsReadOnceAndHasAName) {
  Options options = valid();
  options.input = {"pipe:data/train"};
  options.validation = {"pipe:data/validation"};
  EXPECT_EQ(complaint(options), "");
  options.validation = options.input;
  expect_blame(options, "input");
  options.validation = {"pipe:"};
  expect_blame(options, "validation");
}

TEST(OptionCheck, CharacterNgramsHaveAnOrder) {
  Options options = valid();
  options.args.minn = 4;
  EXPECT_EQ(check_options(options).args.minn,
            4);  // as fastText: without -maxn there are no n-grams
  options.args.maxn = 3;
  expect_blame(options, "minn");
  options.args.maxn = 4;
  EXPECT_EQ(complaint(options), "");
}

TEST(OptionCheck, NgramsNeedBuckets) {
  Options options = valid();
  options.args.bucket = 0;
  EXPECT_EQ(complaint(options), "");
  options.args.word_ngrams = 2;
  expect_blame(options, "bucket");
  options.args.word_ngrams = 1;
  options.args.maxn = 3;
  expect_blame(options, "bucket");
}

TEST(OptionCheck, BucketsWithoutNgramsAreDropped) {
  Options options = valid();
  EXPECT_EQ(check_options(options).args.bucket, 0);
  options.args.word_ngrams = 2;
  EXPECT_EQ(check_options(options).args.bucket, 2000000);
}

TEST(OptionCheck, EarlyStoppingNeedsValidation) {
  Options options = valid();
  options.early_stopping = true;
  expect_blame(options, "earlyStopping");
  options.validation = {"valid.txt"};
  EXPECT_EQ(complaint(options), "");
}

TEST(OptionCheck, ResumeNeedsTheFolderOfCheckpoints) {
  Options options = valid();
  options.resume = true;
  expect_blame(options, "resume");
  options.checkpoint_dir = "checkpoints";
  EXPECT_EQ(complaint(options), "");
}

TEST(OptionCheck, LabelPrefixIsOneToken) {
  Options options = valid();
  options.label = "a b";
  expect_blame(options, "label");
}

TEST(OptionCheck, AGpuIsNotDeterministic) {
  Options options = valid();
  options.deterministic = true;
  for (const auto kind : {DeviceWish::Kind::kAuto, DeviceWish::Kind::kCpu}) {
    options.device.kind = kind;
    EXPECT_EQ(complaint(options), "");
  }
  options.device = {DeviceWish::Kind::kCuda, 1};
  expect_blame(options, "deterministic");
  EXPECT_NE(complaint(options).find("-device cuda:1, want auto or cpu"), std::string::npos);
}

}  // namespace
}  // namespace wordfire
