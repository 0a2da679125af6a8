#include "core/option_document.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace wordfire {
namespace {

constexpr auto kMode = TrainingMode::kSupervised;

TEST(OptionDocument, HelpNamesEveryOptionOfTheMode) {
  for (const TrainingMode mode : {kMode, TrainingMode::kSkipgram, TrainingMode::kBatchSkipgram}) {
    const std::string help = options_help(mode);
    for (const OptionRow& row : option_table()) {
      const bool named = help.find("  -" + std::string(row.flag) + " ") != std::string::npos;
      EXPECT_EQ(named, (row.modes & mode_set(mode)) != 0) << row.flag;
    }
  }
}

TEST(OptionDocument, HelpHasDefaults) {
  const std::string help = options_help(kMode);
  EXPECT_NE(help.find("[2000000]"), std::string::npos);
  EXPECT_NE(help.find("[softmax]"), std::string::npos);
}

TEST(OptionDocument, HelpFitsAWindow) {
  for (const TrainingMode mode : {kMode, TrainingMode::kCbow, TrainingMode::kBatchSkipgram}) {
    std::istringstream help(options_help(mode));
    for (std::string line; std::getline(help, line);) EXPECT_LE(line.size(), 110u) << line;
  }
}

TEST(OptionDocument, HelpHasTheOptionsOfTheModeAlone) {
  EXPECT_EQ(options_help(TrainingMode::kCbow).find("-validation"), std::string::npos);
  EXPECT_EQ(options_help(TrainingMode::kCbow).find("Validation:"), std::string::npos);
  EXPECT_EQ(options_help(TrainingMode::kCbow).find("-batchSize"), std::string::npos);
  EXPECT_NE(options_help(TrainingMode::kBatchSkipgram).find("-batchSize N"), std::string::npos);
  EXPECT_EQ(options_help(kMode).find("-exact"), std::string::npos);
}

TEST(OptionDocument, MarkdownHasOneLineAnOption) {
  const std::string markdown = options_markdown();
  size_t lines = 0;
  for (size_t at = 0; (at = markdown.find("\n| `-", at)) != std::string::npos; ++at) ++lines;
  EXPECT_EQ(lines, option_table().size());
  EXPECT_NE(markdown.find("| `-dim` | `vector_dim` | `100` | `100` | `100` | an integer from 1 to "
                          "1048576 | numbers in a vector |\n"),
            std::string::npos);
  EXPECT_NE(markdown.find("| `-lr` | `learning_rate`, `0.05` in `supervised` | `0.1` |"),
            std::string::npos);
}

TEST(OptionDocument, ReadmeHasTheOptionsOfTheTable) {
  std::ifstream file(WORDFIRE_README);
  if (!file) GTEST_SKIP() << "there is no README.md";
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  const std::string wanted = "<!-- options -->\n" + options_markdown() + "<!-- /options -->";
  EXPECT_NE(readme.find(wanted), std::string::npos)
      << "README.md is stale; put the output of `wordfire --options-markdown` between its markers";
}

}  // namespace
}  // namespace wordfire
