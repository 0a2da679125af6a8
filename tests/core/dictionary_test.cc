#include "core/dictionary.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "core/error.h"
#include "core/hash.h"

namespace wordfire {
namespace {

const std::vector<DictionaryEntry> kEntries = {{"the", 9, EntryType::kWord},
                                               {"</s>", 7, EntryType::kWord},
                                               {"__label__a", 4, EntryType::kLabel},
                                               {"__label__b", 3, EntryType::kLabel}};

std::string model_error_of(const std::vector<DictionaryEntry>& entries) {
  try {
    const Dictionary dictionary(entries, 1);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    return error.what();
  }
  return "no error";
}

TEST(Dictionary, HoldsItsEntriesInOrder) {
  const Dictionary dictionary(kEntries, 100);
  EXPECT_EQ(dictionary.size(), 4);
  EXPECT_EQ(dictionary.nwords(), 2);
  EXPECT_EQ(dictionary.nlabels(), 2);
  EXPECT_EQ(dictionary.ntokens(), 100);
  EXPECT_EQ(dictionary.text(1), "</s>");
  EXPECT_EQ(dictionary.label(1), "__label__b");
  EXPECT_EQ(dictionary.fnv(0), fnv1a("the"));
  EXPECT_EQ(dictionary.type(1), EntryType::kWord);
  EXPECT_EQ(dictionary.type(2), EntryType::kLabel);
  EXPECT_EQ(dictionary.word_counts(), std::vector<int64_t>({9, 7}));
  EXPECT_EQ(dictionary.label_counts(), std::vector<int64_t>({4, 3}));
}

TEST(Dictionary, FindsEachEntryAndNothingElse) {
  const Dictionary dictionary(kEntries, 100);
  for (int32_t id = 0; id < dictionary.size(); ++id) {
    EXPECT_EQ(dictionary.find(dictionary.text(id)), id);
  }
  for (const char* other : {"", "th", "thee", "The", "__label__", "__label__c"}) {
    EXPECT_EQ(dictionary.find(other), -1) << other;
  }
}

TEST(Dictionary, TellsLongTextsOfOneStartApart) {
  std::vector<std::string> texts;
  for (const std::string start : {"a long start ", "w"}) {
    for (int i = 0; i < 5000; ++i) texts.push_back(start + std::to_string(i));
  }
  std::vector<DictionaryEntry> entries;
  for (const std::string& text : texts) entries.push_back({text, 1, EntryType::kWord});
  const Dictionary dictionary(entries, 1);
  for (size_t i = 0; i < texts.size(); ++i) {
    ASSERT_EQ(dictionary.find(texts[i]), static_cast<int32_t>(i));
  }
  EXPECT_EQ(dictionary.find("a long start 5000"), -1);
}

TEST(Dictionary, TellsTextsApartThatDifferBehindTheirKey) {
  std::vector<std::string> texts;
  for (size_t size = 1; size <= 40; ++size) texts.emplace_back(size, 'a');
  std::vector<DictionaryEntry> entries;
  for (const std::string& text : texts) entries.push_back({text, 1, EntryType::kWord});
  const Dictionary dictionary(entries, 1);
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(dictionary.find(texts[i]), static_cast<int32_t>(i));
    EXPECT_EQ(dictionary.find(texts[i] + "b"), -1);
  }
  EXPECT_EQ(dictionary.find(std::string(41, 'a')), -1);
}

TEST(Dictionary, WithoutEntriesNothingIsFound) {
  EXPECT_EQ(Dictionary().find("x"), -1);
  EXPECT_EQ(Dictionary({}, 0).find("x"), -1);
  EXPECT_EQ(Dictionary({}, 0).size(), 0);
}

TEST(Dictionary, ACopyOutlivesTheFirst) {
  std::optional<Dictionary> first(std::in_place, kEntries, 100);
  const Dictionary copy = *first;
  first.reset();
  EXPECT_EQ(copy.find("__label__a"), 2);
  EXPECT_EQ(copy.text(2), "__label__a");
}

TEST(Dictionary, ATextThatStandsTwiceIsAnError) {
  EXPECT_EQ(model_error_of({{"a", 1, EntryType::kWord}, {"a", 1, EntryType::kLabel}}),
            "dictionary entry 1: the text stands twice");
}

TEST(Dictionary, AnEmptyTextIsAnError) {
  EXPECT_EQ(model_error_of({{"a", 1, EntryType::kWord}, {"", 1, EntryType::kWord}}),
            "dictionary entry 1: the text is empty, want a word or label");
}

TEST(Dictionary, AWordBehindALabelIsAnError) {
  EXPECT_EQ(model_error_of({{"a", 1, EntryType::kLabel}, {"b", 1, EntryType::kWord}}),
            "dictionary entry 1: a word stands behind a label");
}

TEST(Dictionary, ANegativeCountAndAnUnknownTypeAreErrors) {
  EXPECT_EQ(model_error_of({{"a", -1, EntryType::kWord}}),
            "dictionary entry 0: count -1, want at least 0");
  EXPECT_EQ(model_error_of({{"a", 1, static_cast<EntryType>(2)}}),
            "dictionary entry 0: type 2, want 0 (word) or 1 (label)");
}

TEST(Dictionary, BucketsFollowTheWords) { EXPECT_EQ(Dictionary(kEntries, 1).bucket_row(5), 7); }

TEST(Dictionary, APrunedModelHasTheBucketsThatAreLeft) {
  const Dictionary dictionary(kEntries, 1, 2, {{5, 0}, {9, 1}});
  EXPECT_EQ(dictionary.bucket_row(5), 2);
  EXPECT_EQ(dictionary.bucket_row(9), 3);
  EXPECT_EQ(dictionary.bucket_row(0), -1);
  EXPECT_EQ(Dictionary(kEntries, 1, 0, {}).bucket_row(0), -1);
}

}  // namespace
}  // namespace wordfire
