#include "core/subword_table.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/text_features.h"
#include "tests/reference/plain_text.h"

namespace wordfire {
namespace {

constexpr int32_t kWords = 10'000;  // more than one piece of work

ModelArgs subword_args() {
  ModelArgs args;
  args.minn = 2;
  args.maxn = 4;
  args.bucket = 5000;
  return args;
}

std::string word(int32_t i) { return i == 3 ? "</s>" : "wörd" + std::to_string(i); }

Dictionary many_words() {
  std::vector<std::string> texts;
  for (int32_t i = 0; i < kWords; ++i) texts.push_back(word(i));
  std::vector<DictionaryEntry> entries;
  for (const std::string& text : texts) entries.push_back({text, 1, EntryType::kWord});
  entries.push_back({"__label__a", 1, EntryType::kLabel});
  return {entries, 1};
}

std::vector<int32_t> plain_rows_of(int32_t id) {
  std::vector<int32_t> rows = {id};
  for (const std::string& subword : reference::subwords_of(word(id), subword_args())) {
    rows.push_back(kWords + static_cast<int32_t>(reference::hash_of(subword) % 5000));
  }
  return rows;
}

std::vector<int32_t> copy(std::span<const int32_t> rows) { return {rows.begin(), rows.end()}; }

TEST(SubwordTable, CountsNgramsWithoutMakingThem) {
  for (const char* word : {"", "a", "wörd", "</s>", "\x80\x80", "a\x80", "a long word of bytes"}) {
    for (const auto& [minn, maxn] : {std::pair(0, 0), {0, 1}, {1, 1}, {1, 3}, {2, 4}, {3, 100}}) {
      ModelArgs args = subword_args();
      args.minn = minn;
      args.maxn = maxn;
      std::string bracketed;
      std::vector<int32_t> buckets;
      append_subword_buckets(word, args, bracketed, buckets);
      EXPECT_EQ(subword_count(word, args), buckets.size()) << word << minn << maxn;
    }
  }
}

TEST(SubwordTable, TellsItsBytesBeforeItIsMade) {
  const Dictionary dictionary = many_words();
  const SubwordTable table(dictionary, subword_args(), 1);
  EXPECT_EQ(SubwordTable::bytes_for(dictionary, subword_args()),
            table.rows().size_bytes() + kWords * sizeof(int64_t));
}

TEST(SubwordTable, TellsTheSizeOfAnExpansion) {
  const SubwordTable table(many_words(), subword_args(), 1);
  const std::vector<int32_t> features = {1, kWords + 7, 3, 1};
  std::vector<int32_t> expanded;
  table.expand(features, expanded);
  EXPECT_EQ(table.expanded_size(features), expanded.size());
}

TEST(SubwordTable, HoldsEachWordAndItsNgramsWhoeverMadeIt) {
  const Dictionary dictionary = many_words();
  for (const int threads : {1, 2, 4}) {
    const SubwordTable table(dictionary, subword_args(), threads);
    ASSERT_FALSE(table.empty());
    for (int32_t id = 0; id < kWords; ++id) {
      ASSERT_EQ(copy(table.rows_of(id)), plain_rows_of(id)) << id;
    }
  }
}

TEST(SubwordTable, TheEndOfLineIsItselfAlone) {
  const SubwordTable table(many_words(), subword_args(), 1);
  EXPECT_EQ(copy(table.rows_of(3)), std::vector<int32_t>({3}));
}

TEST(SubwordTable, ExpandReplacesWordsAndKeepsBuckets) {
  const SubwordTable table(many_words(), subword_args(), 1);
  std::vector<int32_t> expected = plain_rows_of(7);
  expected.push_back(kWords + 42);
  const std::vector<int32_t> last = plain_rows_of(kWords - 1);
  expected.insert(expected.end(), last.begin(), last.end());
  std::vector<int32_t> expanded = {1, 2, 3};
  table.expand(std::vector<int32_t>{7, kWords + 42, kWords - 1}, expanded);
  EXPECT_EQ(expanded, expected);
}

TEST(SubwordTable, IsEmptyWithoutCharacterNgrams) {
  EXPECT_TRUE(SubwordTable(many_words(), ModelArgs(), 2).empty());
  EXPECT_TRUE(SubwordTable().empty());
}

}  // namespace
}  // namespace wordfire
