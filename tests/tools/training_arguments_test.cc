#include "tools/training_arguments.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/error.h"

namespace wordfire {
namespace {

using Strings = std::vector<std::string>;

Options parse(const Strings& args, TrainingMode mode = TrainingMode::kSupervised) {
  return parse_training_arguments(args, mode);
}

// What `args` are refused with, or "".
std::string refusal(const Strings& args, TrainingMode mode = TrainingMode::kSupervised) {
  try {
    (void)parse(args, mode);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "";
}

TEST(TrainingArguments, OneDashAndTwoAreEqual) {
  EXPECT_EQ(parse({"-dim", "7"}).args.dim, 7);
  EXPECT_EQ(parse({"--dim", "7"}).args.dim, 7);
  EXPECT_EQ(parse({"-dim=7"}).args.dim, 7);
  EXPECT_EQ(parse({"--dim=7"}).args.dim, 7);
}

TEST(TrainingArguments, InputTakesSeveralValues) {
  const Strings wanted = {"a", "b", "-"};
  EXPECT_EQ(parse({"-input", "a", "b", "-", "-dim", "7"}).input, wanted);
  EXPECT_EQ(parse({"-input", "a", "-dim", "7", "-input", "b", "-"}).input, wanted);
}

TEST(TrainingArguments, SwitchesTakeNone) {
  const Options options = parse({"-deterministic", "-saveOutput", "-earlyStopping", "--check"});
  EXPECT_TRUE(options.deterministic && options.save_output && options.early_stopping &&
              options.check);
}

TEST(TrainingArguments, TheLastValueCounts) {
  EXPECT_EQ(parse({"-dim", "7", "-dim", "8"}).args.dim, 8);
}

TEST(TrainingArguments, ValuesMayBeNegative) { EXPECT_EQ(parse({"-seed", "-5"}).seed, -5); }

TEST(TrainingArguments, OptionsOfOtherVerbsAreSaidToBe) {
  EXPECT_EQ(
      refusal({"-wordNgrams", "2"}, TrainingMode::kSkipgram),
      "option -wordNgrams: it is for supervised, and has no effect in skipgram; leave it out");
  EXPECT_EQ(
      refusal({"-exact"}, TrainingMode::kBatchSkipgram),
      "option -exact: it is for skipgram and cbow, and has no effect in batch-skipgram; leave "
      "it out");
}

TEST(TrainingArguments, UnknownOptionsGetAdvice) {
  EXPECT_EQ(refusal({"-wordNgram", "2"}),
            "option -wordNgram: there is none of this name; did you mean -wordNgrams?");
  EXPECT_EQ(refusal({"-autotune-validation", "x"}),
            "option -autotune-validation: there is none of this name; did you mean -validation?");
  EXPECT_EQ(refusal({"-cutoff", "x"}), "option -cutoff: there is none of this name; see --help");
  EXPECT_EQ(refusal({"-input", "a", "-dmi", "3"}),
            "option -dmi: there is none of this name; did you mean -dim?");
}

TEST(TrainingArguments, MissingValuesAreNamed) {
  EXPECT_EQ(refusal({"-dim"}), "option -dim: no value is given, want an integer from 1 to 1048576");
  EXPECT_EQ(refusal({"-output", "-dim", "3"}), "option -output: no value is given, want text");
  EXPECT_EQ(refusal({"-input", "-output", "x"}),
            "option -input: no value is given, want one path or more");
}

TEST(TrainingArguments, WhatIsNoOptionIsRefused) {
  EXPECT_EQ(refusal({"train.txt"}),
            R"(argument "train.txt": this is no option, want one such as -input)");
  EXPECT_EQ(refusal({"-"}), R"(argument "-": this is no option, want one such as -input)");
  EXPECT_EQ(refusal({""}), R"(argument "": this is no option, want one such as -input)");
}

TEST(TrainingArguments, WrongValuesAreRefused) {
  EXPECT_EQ(refusal({"-dim", "0"}), R"(option -dim: got "0", want an integer of at least 1)");
  EXPECT_EQ(refusal({"-dim="}), R"(option -dim: got "", want an integer of at least 1)");
  EXPECT_EQ(refusal({"-check=maybe"}), R"(option -check: got "maybe", want true or false)");
}

}  // namespace
}  // namespace wordfire
