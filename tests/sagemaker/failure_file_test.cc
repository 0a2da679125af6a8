#include "sagemaker/failure_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

using FailureFile = FolderTest;

TEST(FailureText, NamesWhoseBusinessItIs) {
  EXPECT_EQ(failure_prefix(Error::usage("")), "ClientError: ");
  EXPECT_EQ(failure_prefix(Error::data("")), "ClientError: ");
  EXPECT_EQ(failure_prefix(Error::model("")), "ClientError: ");
  EXPECT_EQ(failure_prefix(Error::no_input("")), "ClientError: ");
  EXPECT_EQ(failure_prefix(Error::cannot_create("")), "PlatformError: ");
  EXPECT_EQ(failure_prefix(Error::io("")), "PlatformError: ");
  EXPECT_EQ(failure_prefix(Error::internal("")), "AlgorithmError: ");
}

TEST(FailureText, IsOneLine) {
  EXPECT_EQ(failure_text("ClientError: ", "a\nb\tc\x7f"), "ClientError: a b c ");
}

TEST(FailureText, IsCutBetweenCharacters) {
  std::string long_text;
  for (int i = 0; i < 600; ++i) long_text += "\xC3\xA9";
  EXPECT_EQ(failure_text("", long_text), long_text.substr(0, 1024));
  EXPECT_EQ(failure_text("x", long_text), "x" + long_text.substr(0, 1022));
  EXPECT_EQ(failure_text("", std::string(1024, 'a')).size(), 1024u);
}

TEST_F(FailureFile, IsWrittenIntoAFolderThatIsMade) {
  write_failure(path("output/failure"), "why");
  EXPECT_EQ(read("output/failure"), "why");
}

TEST_F(FailureFile, StaysAsItIsOnceItIsThere) {
  write_failure(path("failure"), "first");
  write_failure(path("failure"), "second");
  EXPECT_EQ(read("failure"), "first");
}

TEST_F(FailureFile, IsNotWrittenWhereThereIsNoBaseFolder) {
  write_failure(path("nowhere/output/failure"), "why");
  EXPECT_TRUE(files().empty());
}

TEST(JobWords, FlagsBecomeHyperparametersAndChannels) {
  EXPECT_EQ(in_job_words("option -lr: got \"0\""), "hyperparameter \"learning_rate\": got \"0\"");
  EXPECT_EQ(in_job_words("no word is left; lower -minCount"),
            "no word is left; lower \"min_count\"");
  EXPECT_EQ(in_job_words("option -input: not given"), "channel \"train\": not given");
  EXPECT_EQ(in_job_words("(-maxn)"), "(\"max_char\")");
}

TEST(JobWords, OtherTextStaysAsItIs) {
  for (const char* text : {"", "-", "well-known x-lr -1 - a", "option -output: got", "-lrs"}) {
    EXPECT_EQ(in_job_words(text), text);
  }
}

}  // namespace
}  // namespace wordfire
