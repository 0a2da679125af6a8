#include "io/training_line.h"

#include <gtest/gtest.h>

namespace wordfire {
namespace {

using Names = std::vector<std::string_view>;

std::string line_of(const Names& labels, const Names& texts) {
  std::string out = "before\n";
  TrainingLine line("__label__", out);
  for (const auto label : labels) EXPECT_TRUE(line.add_label(label));
  for (const auto text : texts) line.add_text(text);
  line.end();
  return out.substr(7);
}

TEST(TrainingLine, LabelsComeBeforeTheText) {
  EXPECT_EQ(line_of({"1", "x"}, {"hello world"}), "__label__1 __label__x hello world\n");
  EXPECT_EQ(line_of({}, {"hello"}), "hello\n");
  EXPECT_EQ(line_of({"1"}, {}), "__label__1\n");
  EXPECT_EQ(line_of({}, {}), "\n");
}

TEST(TrainingLine, PrefixOfALabelIsOptional) {
  EXPECT_EQ(line_of({"__label__a", "__label__ a"}, {}), "__label__a __label__a\n");
}

TEST(TrainingLine, SeparatorsInALabelBecomeOneUnderscore) {
  EXPECT_EQ(line_of({" two  words\t"}, {"x"}), "__label__two_words x\n");
}

TEST(TrainingLine, LineEndsInTheTextBecomeBlanks) {
  EXPECT_EQ(line_of({"a"}, {"one\ntwo\n\nthree\r\n"}), "__label__a one two  three\r \n");
}

TEST(TrainingLine, TextsAreJoinedByABlank) {
  EXPECT_EQ(line_of({"a"}, {"one", "two"}), "__label__a one two\n");
}

TEST(TrainingLine, LabelWithoutANameIsRefused) {
  std::string out = "x\n";
  TrainingLine line("__label__", out);
  for (const char* const name : {"", " \t", "__label__"}) EXPECT_FALSE(line.add_label(name));
  EXPECT_EQ(out, "x\n");
}

TEST(TrainingLine, CancelTakesTheLineBack) {
  std::string out = "x\n";
  TrainingLine line("__label__", out);
  EXPECT_TRUE(line.add_label("a"));
  line.cancel();
  EXPECT_EQ(out, "x\n");
}

TEST(SplitLine, LabelsAreFoundAnywhere) {
  LineParts parts;
  split_line("one __label__a two  __label__b\n", "__label__", parts);
  EXPECT_EQ(parts.labels, (Names{"a", "b"}));
  EXPECT_EQ(parts.text, "one two");
}

TEST(SplitLine, TextKeepsItsOwnBlanks) {
  LineParts parts;
  split_line("  __label__a  one   two\tthree \r\n", "__label__", parts);
  EXPECT_EQ(parts.labels, Names{"a"});
  EXPECT_EQ(parts.text, "one   two\tthree");
}

TEST(SplitLine, BlankLineHasNothing) {
  LineParts parts{{"old"}, "old"};
  split_line(" \n", "__label__", parts);
  EXPECT_TRUE(parts.labels.empty());
  EXPECT_EQ(parts.text, "");
}

TEST(SplitLine, LabelInsideAWordIsNone) {
  LineParts parts;
  split_line("a__label__b __label__", "__label__", parts);
  EXPECT_EQ(parts.labels, Names{""});
  EXPECT_EQ(parts.text, "a__label__b");
}

}  // namespace
}  // namespace wordfire
