#include "dist/shared_vocabulary.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/rng.h"
#include "thread_ranks.h"

namespace wordfire {
namespace {

// Words and labels; small numbers are frequent, many are alike in count.
std::vector<std::string> random_tokens(int64_t n) {
  std::vector<std::string> tokens;
  Rng rng(7);
  for (int64_t i = 0; i < n; ++i) {
    const uint32_t word = rng.below(1 + rng.below(20'000));
    tokens.push_back(
        (word % 11 == 0 ? "__label__" : "a rather long word "[word % 19] + std::string()) +
        std::to_string(word));
  }
  return tokens;
}

// Counts every token of `blocks` blocks whose number `takes`.
template <typename Takes>
VocabularyCounter count(const std::vector<std::string>& tokens, int64_t first_block, Takes takes) {
  constexpr size_t kBlock = 100;
  VocabularyCounter counter;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const int64_t block = static_cast<int64_t>(i / kBlock);
    if (!takes(block)) continue;
    counter.add(tokens[i], Dictionary::hash_of(tokens[i]),
                VocabularyCounter::place(static_cast<uint64_t>(block - first_block), i % kBlock));
  }
  return counter;
}

void expect_equal(const Dictionary& found, const Dictionary& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  EXPECT_EQ(found.nwords(), wanted.nwords());
  EXPECT_EQ(found.ntokens(), wanted.ntokens());
  for (int32_t id = 0; id < wanted.size(); ++id) {
    ASSERT_EQ(found.text(id), wanted.text(id)) << id;
    ASSERT_EQ(found.count(id), wanted.count(id)) << id;
  }
}

class SharedVocabulary : public testing::TestWithParam<int> {};  // ranks
INSTANTIATE_TEST_SUITE_P(Ranks, SharedVocabulary, testing::Values(1, 2, 3, 4, 7, 8));

constexpr int64_t kBlocks = 300;

Vocabulary of_one_process(const std::vector<std::string>& tokens, int64_t min_count) {
  const VocabularyCounter all = count(tokens, 0, [](int64_t) { return true; });
  return merge_vocabulary(std::span(&all, 1), "__label__", min_count, 0);
}

void check_ranks(int size, ShareOrder order, int64_t min_count) {
  const auto tokens = random_tokens(kBlocks * 100);
  const Vocabulary wanted = of_one_process(tokens, min_count);
  run_ranks_well(size, [&](Communicator& ranks) {
    const int64_t begin = kBlocks * ranks.rank() / size;
    const int64_t end = kBlocks * (ranks.rank() + 1) / size;
    const bool dealt = order == ShareOrder::kDealtOut;
    const VocabularyCounter own = count(tokens, dealt ? 0 : begin, [&](int64_t block) {
      return dealt ? block % size == ranks.rank() : block >= begin && block < end;
    });
    const VocabularyCounter all = gather_tokens(ranks, std::span(&own, 1), order);
    Dictionary dictionary;
    if (ranks.rank() == 0) {
      dictionary = merge_vocabulary(std::span(&all, 1), "__label__", min_count, 0).dictionary;
    } else {
      EXPECT_EQ(all.size(), 0);
    }
    broadcast_dictionary(ranks, dictionary);
    expect_equal(dictionary, wanted.dictionary);
    const auto ids = ids_of_tokens(std::span(&own, 1), dictionary, 2);
    for (int32_t i = 0; i < own.size(); ++i) {
      EXPECT_EQ(ids[0][static_cast<size_t>(i)], wanted.dictionary.find(own.text(i)));
    }
  });
}

TEST_P(SharedVocabulary, IsThatOfOneProcess) {
  for (const int64_t min_count : {1, 3}) {
    check_ranks(GetParam(), ShareOrder::kOneAfterTheOther, min_count);
    check_ranks(GetParam(), ShareOrder::kDealtOut, min_count);
  }
}

TEST(SharedVocabularies, AShareMayBeEmpty) {
  run_ranks_well(3, [](Communicator& ranks) {
    VocabularyCounter own;
    if (ranks.rank() == 1) own.add("word", Dictionary::hash_of("word"), 5);
    const auto all = gather_tokens(ranks, std::span(&own, 1), ShareOrder::kOneAfterTheOther);
    EXPECT_EQ(all.size(), ranks.rank() == 0 ? 1 : 0);
  });
}

}  // namespace
}  // namespace wordfire
