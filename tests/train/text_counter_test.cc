#include "train/text_counter.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/train/text_fixture.h"

namespace wordfire {
namespace {

constexpr int kLines = 24'000;  // several blocks a file

class TextCounter : public TextTest {
 protected:
  // The tokens of all blocks, in order.
  static std::vector<std::string> tokens_of(const CountedText& text) {
    std::vector<std::string> tokens;
    for (const CountedBlock& block : text.blocks) {
      const VocabularyCounter& counter = text.counters[static_cast<size_t>(block.worker)];
      for (const int32_t id : block.tokens) tokens.emplace_back(counter.text(id));
    }
    return tokens;
  }
};

TEST_F(TextCounter, KeepsEveryTokenInItsPlaceOnAnyNumberOfThreads) {
  const std::vector<std::string> paths = write_files(kLines);
  for (const int threads : {1, 2, 3, 4}) {
    const CountedText text = count(paths, threads);
    EXPECT_TRUE(tokens_of(text) == tokens()) << threads;
    EXPECT_EQ(text.tokens, static_cast<int64_t>(tokens().size()));
    EXPECT_GT(text.blocks.size(), 5u);
  }
}

TEST_F(TextCounter, TheVocabularyIsThatOfOnePassOnAnyNumberOfThreads) {
  const std::vector<std::string> paths = write_files(kLines);
  const auto expected = reference::dictionary_of(tokens(), "__label__", 2, 0);
  for (const int threads : {1, 2, 4}) {
    const Dictionary dictionary =
        merge_vocabulary(count(paths, threads).counters, "__label__", 2, 0).dictionary;
    ASSERT_EQ(dictionary.size(), static_cast<int32_t>(expected.size()));
    for (int32_t id = 0; id < dictionary.size(); ++id) {
      ASSERT_EQ(dictionary.text(id), expected[static_cast<size_t>(id)].text) << threads;
      ASSERT_EQ(dictionary.count(id), expected[static_cast<size_t>(id)].count);
    }
  }
}

TEST_F(TextCounter, LinesEndWhereTheyEndInTheText) {
  const CountedText text = count(write_files(kLines), 2);
  std::vector<size_t> sizes;
  for (const CountedBlock& block : text.blocks) {
    uint32_t begin = 0;
    for (const uint32_t end : block.line_end) {
      sizes.push_back(end - begin);
      begin = end;
    }
    EXPECT_EQ(begin, block.tokens.size());
  }
  std::vector<size_t> expected;
  for (const std::string& line : lines()) {
    // A last line of blanks alone, without a newline, has no token and is none.
    const size_t tokens = reference::tokens_of(line).size();
    if (tokens > 0) expected.push_back(tokens);
  }
  EXPECT_EQ(sizes, expected);
}

TEST_F(TextCounter, HashesTellLinesApartByTheirTokens) {
  const CountedText text = count(write_files(3000), 2);
  std::map<std::vector<std::string>, uint64_t> hashes;
  std::map<uint64_t, std::vector<std::string>> lines_of_hash;
  size_t i = 0;
  const std::vector<std::string> all = lines();
  for (const CountedBlock& block : text.blocks) {
    for (const uint64_t hash : block.line_hash) {
      std::vector<std::string> tokens = reference::tokens_of(all.at(i++));
      std::erase(tokens, "</s>");
      EXPECT_EQ(hashes.emplace(tokens, hash).first->second, hash);
      EXPECT_EQ(lines_of_hash.emplace(hash, tokens).first->second, tokens);
      EXPECT_EQ(hash == 0, tokens.empty());
    }
  }
}

TEST_F(TextCounter, DescribesThePlaceOfAToken) {
  const std::vector<std::string> paths = write_files(kLines);
  const CountedText text = count({paths[0], write("late", "a b\n\nc needle d\n")}, 3);
  const Vocabulary vocabulary = merge_vocabulary(text.counters, "__label__", 1, 0);
  for (const VocabularyCounter& counter : text.counters) {
    for (int32_t id = 0; id < counter.size(); ++id) {
      if (counter.text(id) != "needle") continue;
      EXPECT_EQ(text.describe(counter.first_place(id)), path("late") + ":3");
    }
  }
  EXPECT_GE(vocabulary.dictionary.find("needle"), 0);
}

TEST_F(TextCounter, DescribesAPlaceBehindOtherBlocksOfItsFile) {
  write_files(kLines);
  const CountedText text = count({write("long", parts_[0] + "x needle\n")}, 2);
  const std::string line = std::to_string(reference::lines_of(parts_[0]).size() + 1);
  for (const VocabularyCounter& counter : text.counters) {
    for (int32_t id = 0; id < counter.size(); ++id) {
      if (counter.text(id) != "needle") continue;
      EXPECT_EQ(text.describe(counter.first_place(id)), path("long") + ":" + line);
    }
  }
}

TEST_F(TextCounter, EndsEarlyWhenAsked) {
  const std::vector<std::string> paths = write_files(kLines);
  std::atomic<bool> stop = false;
  const CountedText text = count_text(
      paths, {}, large_budget(), 1, [&](int64_t) { stop = true; }, stop);
  EXPECT_EQ(text.blocks.size(), 1u);
}

TEST_F(TextCounter, TextWithoutATokenHasNone) {
  EXPECT_EQ(count({write("empty", "")}, 2).tokens, 0);
  EXPECT_EQ(count({write("blanks", " \t \r ")}, 2).tokens, 0);
  EXPECT_EQ(count({write("newlines", "\n\n")}, 2).tokens, 2);
}

}  // namespace
}  // namespace wordfire
