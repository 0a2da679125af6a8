#include "core/option_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "core/option_value.h"

namespace wordfire {
namespace {

constexpr auto kMode = TrainingMode::kSupervised;

TEST(OptionTable, EveryFieldOfOptionsHasOneRow) {
  std::set<std::string> flags;
  for (const OptionRow& row : option_table()) flags.insert(std::string(row.flag));
  EXPECT_EQ(flags.size(), option_table().size());
  // 12 fields of ModelArgs (all but the mode) and 34 of Options; a new field needs a row.
  EXPECT_EQ(option_table().size(), 46u);
}

TEST(OptionTable, HyperparametersAreNamedOnce) {
  std::set<std::string> names;
  for (const OptionRow& row : option_table()) {
    const std::string name(row.hyperparameter.name);
    if (name.empty()) continue;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_EQ(names.count("vector_dim"), 1u);
  EXPECT_EQ(names.count("early_stopping"), 1u);
}

TEST(OptionTable, DefaultsAreThoseOfTheStruct) {
  EXPECT_EQ(options_json(default_options(kMode)), options_json(Options()));
}

TEST(OptionTable, DefaultsOfClassifiersAreFastTexts) {
  const Options options = default_options(kMode);
  EXPECT_EQ(options.args, ModelArgs());
  EXPECT_EQ(options.lr, 0.1);
  EXPECT_EQ(options.args.min_count, 1);
  EXPECT_EQ(options.args.loss, LossKind::kSoftmax);
  EXPECT_EQ(options.args.bucket, 2000000);
}

TEST(OptionTable, DefaultsOfWordVectorsAreFastTexts) {
  for (const TrainingMode mode : {TrainingMode::kSkipgram, TrainingMode::kCbow}) {
    const Options options = default_options(mode);
    EXPECT_EQ(mode_of(options), mode);
    EXPECT_EQ(options.lr, 0.05);
    EXPECT_EQ(options.args.min_count, 5);
    EXPECT_EQ(options.args.minn, 3);
    EXPECT_EQ(options.args.maxn, 6);
    EXPECT_EQ(options.args.loss, LossKind::kNegativeSampling);
    EXPECT_EQ(options.args.t, 1e-4);
  }
}

TEST(OptionTable, DefaultsOfBatchesAreBlazingTexts) {
  const Options options = default_options(TrainingMode::kBatchSkipgram);
  EXPECT_EQ(mode_of(options), TrainingMode::kBatchSkipgram);
  EXPECT_EQ(options.batch_size, 11);
  EXPECT_EQ(options.args.maxn, 0);
  EXPECT_EQ(options.args.model, ModelKind::kSkipgram);
}

TEST(OptionTable, DefaultsOfJobsAreBlazingTexts) {
  const Options classifier = default_job_options(kMode);
  EXPECT_EQ(classifier.lr, 0.05);
  EXPECT_EQ(classifier.args.min_count, 5);
  EXPECT_EQ(classifier.args.word_ngrams, 2);
  EXPECT_EQ(classifier.args.maxn, 0);
  for (const TrainingMode mode :
       {TrainingMode::kSkipgram, TrainingMode::kCbow, TrainingMode::kBatchSkipgram}) {
    const Options vectors = default_job_options(mode);
    EXPECT_EQ(mode_of(vectors), mode);
    EXPECT_EQ(vectors.args.minn, 3);
    EXPECT_EQ(vectors.args.maxn, 6);
    EXPECT_EQ(vectors.lr, 0.05);
  }
}

TEST(OptionTable, FindsHyperparametersByTheirExactName) {
  ASSERT_NE(find_hyperparameter("vector_dim"), nullptr);
  EXPECT_EQ(find_hyperparameter("vector_dim")->flag, "dim");
  for (const char* name : {"loss", "seed", "threads", "min_char", "deterministic"}) {
    EXPECT_NE(find_hyperparameter(name), nullptr) << name;
  }
  for (const char* name : {"", "dim", "Vector_Dim", "input"}) {
    EXPECT_EQ(find_hyperparameter(name), nullptr) << name;
  }
}

TEST(OptionTable, FindsFlagsByTheirExactName) {
  ASSERT_NE(find_option("wordNgrams", kMode), nullptr);
  EXPECT_EQ(find_option("wordNgrams", kMode)->hyperparameter.name, "word_ngrams");
  EXPECT_EQ(find_option("wordngrams", kMode), nullptr);
  EXPECT_EQ(find_option("-dim", kMode), nullptr);
  EXPECT_EQ(find_option("", kMode), nullptr);
}

TEST(OptionTable, HasNoOptionWithoutAnEffect) {
  for (const char* flag : {"autotune-validation", "retrain", "gpu"}) {
    EXPECT_EQ(find_option(flag, kMode), nullptr) << flag;
  }
}

TEST(OptionTable, SaysEverythingInOneSentence) {
  for (const OptionRow& row : option_table()) {
    EXPECT_GT(row.sentence.size(), 10u) << row.flag;
    EXPECT_NE(row.sentence.back(), '.') << row.flag;
    EXPECT_EQ(row.sentence.find('\n'), std::string_view::npos) << row.flag;
  }
}

}  // namespace
}  // namespace wordfire
