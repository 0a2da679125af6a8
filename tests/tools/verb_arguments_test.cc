#include "tools/verb_arguments.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "core/error.h"

namespace wordfire {
namespace {

using Strings = std::vector<std::string>;

struct Parsed {
  std::string model;
  std::optional<std::string> k;
  std::optional<std::string> thread;
  Strings columns;
  bool json = false;
};

Parsed parse(const Strings& args) {
  Parsed parsed;
  VerbArguments arguments("try", "Tries arguments.");
  arguments.required("model", parsed.model, "the model");
  arguments.optional("k", parsed.k, "labels");
  arguments.option("thread", parsed.thread, "threads");
  arguments.list("columns", parsed.columns, "columns");
  arguments.toggle("json", parsed.json, "JSON");
  EXPECT_TRUE(arguments.parse(args));
  return parsed;
}

std::string refusal(const Strings& args) {
  try {
    (void)parse(args);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "";
}

TEST(VerbArguments, ReadsPositionsAndFlagsInAnyOrder) {
  for (const Strings& args :
       {Strings{"m", "3", "-thread", "2", "-json"}, Strings{"--json", "--thread=2", "m", "3"},
        Strings{"-thread=2", "m", "-json", "3"}}) {
    const Parsed parsed = parse(args);
    EXPECT_EQ(parsed.model, "m");
    EXPECT_EQ(parsed.k, "3");
    EXPECT_EQ(parsed.thread, "2");
    EXPECT_TRUE(parsed.json);
  }
}

TEST(VerbArguments, WhatIsNotGivenStaysEmpty) {
  const Parsed parsed = parse({"m"});
  EXPECT_FALSE(parsed.k || parsed.thread || parsed.json);
  EXPECT_TRUE(parsed.columns.empty());
}

TEST(VerbArguments, NegativeNumbersDashesAndEmptyTextArePositions) {
  EXPECT_EQ(parse({"m", "-1"}).k, "-1");
  EXPECT_EQ(parse({"-", "-0.5"}).model, "-");
  EXPECT_EQ(parse({"m", ""}).k, "");
}

TEST(VerbArguments, ListsTakeSeveralValues) {
  EXPECT_EQ(parse({"m", "-columns", "a", "b", "-json"}).columns, (Strings{"a", "b"}));
}

TEST(VerbArguments, RefusesWhatIsUnknownMissingOrTooMuch) {
  EXPECT_EQ(refusal({"m", "-threads", "2"}),
            "option -threads: wordfire try has none of this name; did you mean -thread?");
  EXPECT_EQ(refusal({"m", "1", "extra"}),
            "argument \"extra\": one too many; see wordfire try --help");
  EXPECT_NE(refusal({}).find("model"), std::string::npos);
  EXPECT_EQ(refusal({"m", "-thread"}),
            "option -thread: no value is given, want one; see wordfire try --help");
  EXPECT_EQ(refusal({"m", "-json=abc"}),
            "option -json = abc, want no value; see wordfire try --help");
}

TEST(VerbArguments, TheLastOfSeveralValuesCounts) {
  EXPECT_EQ(parse({"m", "-thread", "1", "-thread", "2"}).thread, "2");
}

TEST(VerbArguments, HelpIsPrinted) {
  VerbArguments arguments("try", "Tries arguments.");
  std::string model;
  arguments.required("model", model, "the model");
  EXPECT_FALSE(arguments.parse(Strings{"--help"}));
}

}  // namespace
}  // namespace wordfire
