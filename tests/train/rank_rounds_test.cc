#include "train/rank_rounds.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/option_table.h"

namespace wordfire {
namespace {

// A text of so many tokens, of a thousand words.
TrainingData text_of(int64_t tokens, ModelKind kind) {
  constexpr int kWords = 1000;
  std::vector<std::string> names;
  for (int word = 0; word < kWords; ++word) names.push_back("word" + std::to_string(word));
  std::vector<DictionaryEntry> entries;
  for (const std::string& name : names) {
    entries.push_back({name, tokens / kWords, EntryType::kWord});
  }
  entries.push_back({"__label__a", 10, EntryType::kLabel});
  entries.push_back({"__label__b", 10, EntryType::kLabel});
  TrainingData data;
  data.model = std::make_shared<Model>();
  data.model->args.model = kind;
  data.model->dictionary = Dictionary(entries, tokens);
  data.buckets = BucketRows(kWords, 0);
  data.all_tokens = tokens;
  data.all_lines = data.all_examples = tokens / 20;
  return data;
}

RankRounds plan(int64_t tokens, Device device, TrainingMode mode = TrainingMode::kSkipgram) {
  const Options options = default_options(mode);
  return plan_rounds(options, text_of(tokens, options.args.model), 4, device);
}

TEST(RankRounds, OfProcessorsEachEndsWithAnExchange) {
  for (const int64_t tokens : {int64_t{1'000'000}, int64_t{4'000'000'000}}) {
    const RankRounds rounds = plan(tokens, Device::kCpu);
    EXPECT_EQ(rounds.most_at_once, 1);
    EXPECT_EQ(rounds.longest, rounds.count);
    EXPECT_GE(rounds.count, 256);
  }
}

TEST(RankRounds, OfGpusSeveralMayPassButForAsManyExchangesAsQualityNeeds) {
  const RankRounds rounds = plan(4'000'000'000, Device::kGpu);
  EXPECT_EQ(rounds.longest, 256);
  EXPECT_GT(rounds.most_at_once, 10);
  EXPECT_GE(rounds.count / rounds.most_at_once, rounds.longest);
  const RankRounds classifier = plan(4'000'000'000, Device::kGpu, TrainingMode::kSupervised);
  EXPECT_GE(classifier.longest, 128);
  EXPECT_GE(classifier.count / classifier.most_at_once, classifier.longest);
}

TEST(RankRounds, OfASmallTextAreThoseThatQualityNeedsOnGpusToo) {
  const RankRounds rounds = plan(1'000'000, Device::kGpu);
  EXPECT_EQ(rounds.count, 256);
  EXPECT_EQ(rounds.most_at_once, 1);
}

}  // namespace
}  // namespace wordfire
