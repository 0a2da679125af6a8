#include "train/corpus_report.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/train/text_fixture.h"
#include "train/training_data.h"

namespace wordfire {
namespace {

// 4 lines of cats, one of them twice; a dog; a line without a label, one without a word (its end of
// line is one), two blank lines.
constexpr std::string_view kText =
    "__label__cat meow purr\n"
    "__label__cat  meow\tpurr\n"
    "__label__cat purr meow\n"
    "\n"
    "__label__dog woof\n"
    "no label here\n"
    " \t\n"
    "__label__cat __label__dog both\n";

class CorpusReportTest : public FolderTest {
 protected:
  CorpusReport report(std::string_view text, std::string_view validation = "") {
    Options options;
    options.args.bucket = 0;
    options.input = {write("text", text)};
    options.output = path("model");
    if (!validation.empty()) options.validation = {write("validation", validation)};
    std::optional<CorpusReport> report;
    TrainingEvents events;
    events.corpus = [&](const CorpusReport& read) { report = read; };
    const std::atomic<bool> stop = false;
    static_cast<void>(read_training_data(options, events, *make_one_process(), 2, stop));
    return report.value();
  }
};

TEST_F(CorpusReportTest, CountsLinesTokensWordsAndLabels) {
  const CorpusReport counts = report(kText);
  EXPECT_EQ(counts.lines, 6);
  EXPECT_EQ(counts.blank_lines, 2);
  EXPECT_EQ(counts.unused_lines, 1);
  EXPECT_EQ(counts.tokens, 17 + 8);
  EXPECT_EQ(counts.words, 8);  // with the end of line
  EXPECT_EQ(counts.labels, 2);
  EXPECT_FALSE(counts.validation);
}

TEST_F(CorpusReportTest, ALineOfTheSameTokensIsADuplicate) {
  EXPECT_EQ(report(kText).duplicate_lines, 1);
  EXPECT_EQ(report(std::string(kText) + std::string(kText)).duplicate_lines, 7);
}

TEST_F(CorpusReportTest, LabelsWithFewExamplesAreNamedRarestFirst) {
  const CorpusReport few = report(kText);
  EXPECT_EQ(few.rare_label_count, 2);
  EXPECT_EQ(few.rare_labels, std::vector<std::string>({"__label__dog", "__label__cat"}));
  std::string text(kText);
  for (int i = 0; i < 6; ++i) text += "__label__cat meow\n";
  EXPECT_EQ(report(text).rare_labels, std::vector<std::string>({"__label__dog"}));
}

TEST_F(CorpusReportTest, AtMostTenRareLabelsAreNamed) {
  std::string text;
  for (int i = 0; i < 25; ++i) text += "__label__" + std::to_string(i) + " word\n";
  const CorpusReport counts = report(text);
  EXPECT_EQ(counts.rare_label_count, 25);
  EXPECT_EQ(counts.rare_labels.size(), 10u);
  EXPECT_NE(format_corpus_report(counts).find(" ...)"), std::string::npos);
}

TEST_F(CorpusReportTest, ValidationIsComparedWithTheTrainingText) {
  const ValidationReport counts = report(kText,
                                         "__label__cat meow purr\n"
                                         "__label__cat miaow\n"
                                         "__label__cow moo meow\n"
                                         "\n")
                                      .validation.value();
  EXPECT_EQ(counts.lines, 3);
  EXPECT_EQ(counts.lines_in_training, 1);
  EXPECT_EQ(counts.words, 5);
  EXPECT_EQ(counts.unknown_words, 2);
  EXPECT_EQ(counts.unknown_labels, 1);
}

TEST_F(CorpusReportTest, IsFiveLinesOfText) {
  EXPECT_EQ(
      format_corpus_report(report(kText, "__label__cat meow mouse\n")),
      "Lines:      8 (2 blank, 1 without a label or a word), 25 tokens\n"
      "Labels:     2, 2 with fewer than 10 examples (__label__dog __label__cat)\n"
      "Words:      8 in the vocabulary\n"
      "Duplicates: 1 lines equal an earlier line\n"
      "Validation: 1 lines, 0 of them also in the training text; 50.0 % of words and 0 labels "
      "unknown\n");
  EXPECT_NE(format_corpus_report(report(kText)).find("Validation: none\n"), std::string::npos);
}

}  // namespace
}  // namespace wordfire
