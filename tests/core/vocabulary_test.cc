#include "core/vocabulary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "core/hash.h"
#include "tests/reference/plain_text.h"

namespace wordfire {
namespace {

using Tokens = std::vector<std::string>;

// Tokens of falling frequency with many ties; one in five is a label.
Tokens random_tokens(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  Tokens tokens;
  for (size_t i = 0; i < size; ++i) {
    const auto rank = static_cast<int>(std::exp(uniform(random) * 8));
    tokens.push_back((rank % 5 == 0 ? "__label__" : "") + std::string(1 + rank % 13, 'a') +
                     std::to_string(rank));
  }
  return tokens;
}

// Blocks of 50 tokens, each counted by a worker chosen at random; blocks come in any order.
std::vector<VocabularyCounter> count(const Tokens& tokens, size_t workers, uint32_t seed) {
  constexpr size_t kBlock = 50;
  std::mt19937 random(seed);
  std::vector<size_t> blocks;
  for (size_t block = 0; block * kBlock < tokens.size(); ++block) blocks.push_back(block);
  std::shuffle(blocks.begin(), blocks.end(), random);
  std::vector<VocabularyCounter> counters(workers);
  for (const size_t block : blocks) {
    VocabularyCounter& counter = counters[random() % workers];
    for (size_t i = block * kBlock; i < std::min(tokens.size(), (block + 1) * kBlock); ++i) {
      counter.add(tokens[i], Dictionary::hash_of(tokens[i]),
                  VocabularyCounter::place(block, i - block * kBlock));
    }
  }
  return counters;
}

std::vector<reference::Entry> entries_of(const Dictionary& dictionary) {
  std::vector<reference::Entry> entries;
  for (int32_t id = 0; id < dictionary.size(); ++id) {
    entries.push_back({std::string(dictionary.text(id)), dictionary.count(id),
                       dictionary.type(id) == EntryType::kLabel});
  }
  return entries;
}

TEST(Vocabulary, IsThatOfOnePassWhoeverCounts) {
  const Tokens tokens = random_tokens(20'000, 1);
  const auto expected = reference::dictionary_of(tokens, "__label__", 1, 0);
  ASSERT_GT(expected.size(), 1000u);
  for (const size_t workers : {1, 2, 3, 4}) {
    const auto counters = count(tokens, workers, static_cast<uint32_t>(workers));
    const Vocabulary vocabulary = merge_vocabulary(counters, "__label__", 1, 0);
    EXPECT_TRUE(entries_of(vocabulary.dictionary) == expected) << workers;
    EXPECT_EQ(vocabulary.dictionary.ntokens(), 20'000);
  }
}

TEST(Vocabulary, TiesOfAnyNumberStandAsFastTextSortsThem) {
  for (size_t size = 1; size < 100; ++size) {
    Tokens tokens;
    for (size_t i = 0; i < size; ++i) tokens.push_back(std::to_string(i * 7919 % 1000));
    const Vocabulary vocabulary = merge_vocabulary(count(tokens, 2, 3), "__label__", 1, 0);
    EXPECT_TRUE(entries_of(vocabulary.dictionary) ==
                reference::dictionary_of(tokens, "__label__", 1, 0));
  }
}

TEST(Vocabulary, ThresholdsLeaveRareWordsAndLabelsOut) {
  const Tokens tokens = random_tokens(5'000, 2);
  for (const int64_t min_count : {1, 2, 5, 1000}) {
    for (const int64_t min_count_label : {0, 1, 3, 1000}) {
      const Vocabulary vocabulary =
          merge_vocabulary(count(tokens, 3, 5), "__label__", min_count, min_count_label);
      EXPECT_TRUE(entries_of(vocabulary.dictionary) ==
                  reference::dictionary_of(tokens, "__label__", min_count, min_count_label));
      EXPECT_EQ(vocabulary.dictionary.ntokens(), 5'000);
    }
  }
}

TEST(Vocabulary, LocalIdsLeadToTheDictionary) {
  const auto counters = count(random_tokens(5'000, 3), 3, 7);
  const Vocabulary vocabulary = merge_vocabulary(counters, "__label__", 4, 2);
  for (size_t c = 0; c < counters.size(); ++c) {
    ASSERT_EQ(vocabulary.ids[c].size(), static_cast<size_t>(counters[c].size()));
    for (int32_t local = 0; local < counters[c].size(); ++local) {
      EXPECT_EQ(vocabulary.ids[c][static_cast<size_t>(local)],
                vocabulary.dictionary.find(counters[c].text(local)));
    }
  }
}

TEST(Vocabulary, AnotherPrefixMakesOtherLabels) {
  const Tokens tokens = {"#a", "__label__b", "c", "#a", "#"};
  const Vocabulary vocabulary = merge_vocabulary(count(tokens, 1, 1), "#", 1, 0);
  EXPECT_TRUE(entries_of(vocabulary.dictionary) == reference::dictionary_of(tokens, "#", 1, 0));
  EXPECT_EQ(vocabulary.dictionary.nlabels(), 2);
}

TEST(VocabularyCounter, KeepsWhatItSawOfEachToken) {
  VocabularyCounter counter;
  const auto add = [&](std::string_view token, uint64_t block) {
    return counter.add(token, Dictionary::hash_of(token), VocabularyCounter::place(block, 3));
  };
  EXPECT_EQ(add("x", 9), 0);
  EXPECT_EQ(add("y", 2), 1);
  EXPECT_EQ(add("x", 4), 0);
  EXPECT_EQ(counter.count(0), 2);
  EXPECT_EQ(counter.text(1), "y");
  EXPECT_EQ(counter.fnv(0), fnv1a("x"));
  EXPECT_EQ(counter.first_place(0), VocabularyCounter::place(4, 3));
}

TEST(VocabularyCounter, TellsTokensOfOneHashApart) {
  const Tokens tokens = {"a", "b", "12345678", "12345679", "12345678a", "12345678b", "12345678ab"};
  VocabularyCounter counter;
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i < tokens.size(); ++i) {
      EXPECT_EQ(counter.add(tokens[i], 77, i), static_cast<int32_t>(i));
    }
  }
  EXPECT_EQ(counter.size(), 7);
}

TEST(VocabularyCounter, GrowsWithoutForgetting) {
  constexpr int32_t kTokens = 100'000;
  VocabularyCounter counter;
  for (int round = 0; round < 2; ++round) {
    for (int32_t i = 0; i < kTokens; ++i) {
      const std::string token = "token" + std::to_string(i);
      ASSERT_EQ(counter.add(token, Dictionary::hash_of(token), static_cast<uint64_t>(i)), i);
    }
  }
  EXPECT_EQ(counter.size(), kTokens);
  EXPECT_EQ(counter.text(99'999), "token99999");
}

}  // namespace
}  // namespace wordfire
