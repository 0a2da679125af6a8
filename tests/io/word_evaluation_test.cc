#include "io/word_evaluation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace wordfire {
namespace {

// Words at these angles, in degrees; the more frequent first.
WordLookup at_angles(const std::vector<std::pair<std::string, double>>& words) {
  WordVectors vectors{2, {}, {}};
  for (const auto& [word, degrees] : words) {
    const double angle = degrees * 3.14159265358979 / 180;
    vectors.words.push_back(word);
    vectors.values.push_back(static_cast<float>(3 * std::cos(angle)));
    vectors.values.push_back(static_cast<float>(3 * std::sin(angle)));
  }
  return WordLookup(std::move(vectors));
}

// One known word, and a row for each bucket of character n-grams.
WordLookup with_ngrams() {
  const auto model = std::make_shared<Model>();
  model->args.minn = 2;
  model->args.maxn = 3;
  model->args.bucket = 50;
  model->dictionary = Dictionary({{"known", 1, EntryType::kWord}}, 1);
  const auto values = std::make_shared<std::vector<float>>();
  for (int i = 0; i < 51; ++i) values->insert(values->end(), {1.0f, static_cast<float>(i % 7)});
  values->resize(values->size() + kRowSlack / sizeof(float));
  model->input.dense = {reinterpret_cast<const std::byte*>(values->data()), 51, 2,
                        2 * sizeof(float)};
  model->storage = values;
  return WordLookup(model);
}

WordPairs five_pairs() {
  return {"pairs",
          {{"a", "b", 9}, {"a", "c", 5}, {"a", "d", 1}, {"a", "nobody", 7}, {"A", "B", 8}}};
}

TEST(WordEvaluation, CosinesAreComparedWithScores) {
  const WordLookup words = at_angles({{"a", 0}, {"b", 10}, {"c", 50}, {"d", 90}});
  const SimilarityScore score = WordEvaluation(words, {}).score(five_pairs());
  EXPECT_EQ(score.name, "pairs");
  EXPECT_EQ(score.total_pairs, 5);
  EXPECT_EQ(score.not_found, 1);
  EXPECT_NEAR(score.rho, 0.9486832980505138, 1e-12);  // (a, b) and (A, B) are one pair, two scores
}

TEST(WordEvaluation, TheMoreFrequentSpellingCounts) {
  const WordLookup words = at_angles({{"A", 0}, {"b", 10}, {"a", 80}, {"c", 50}, {"d", 90}});
  const WordPairs pairs = {"", {{"a", "b", 3}, {"a", "c", 2}, {"a", "d", 1}}};
  EXPECT_DOUBLE_EQ(WordEvaluation(words, {}).score(pairs).rho, 1);
  EvaluationSettings settings;
  settings.case_sensitive = true;
  EXPECT_DOUBLE_EQ(WordEvaluation(words, settings).score(pairs).rho, -1);
}

TEST(WordEvaluation, WordsBehindTheLimitAreUnknown) {
  const WordLookup words = at_angles({{"a", 0}, {"b", 10}, {"c", 50}, {"d", 90}});
  EvaluationSettings settings;
  settings.most_words = 3;
  EXPECT_EQ(WordEvaluation(words, settings).score(five_pairs()).not_found, 2);
}

TEST(WordEvaluation, CaseIsThatOfUnicode) {
  const WordLookup words = at_angles({{"\xC3\xA9t\xC3\xA9", 0}, {"\xD0\xB6", 10}, {"\xFF", 20}});
  const WordPairs pairs = {"", {{"\xC3\x89T\xC3\x89", "\xD0\x96", 1}, {"\xFF", "\xFF", 2}}};
  EXPECT_EQ(WordEvaluation(words, {}).score(pairs).not_found, 0);
}

TEST(WordEvaluation, NgramsMakeVectorsUnlessForbidden) {
  const WordLookup words = with_ngrams();
  const WordPairs pairs = {"", {{"known", "unknown", 1}, {"Known", "known", 2}}};
  EXPECT_EQ(WordEvaluation(words, {}).score(pairs).not_found, 0);
  EvaluationSettings settings;
  settings.vocabulary_only = true;
  EXPECT_EQ(WordEvaluation(words, settings).score(pairs).not_found, 1);
}

TEST(WordEvaluation, NothingFoundHasNoCorrelation) {
  const WordLookup words = at_angles({{"x", 0}});
  const SimilarityScore score = WordEvaluation(words, {}).score(five_pairs());
  EXPECT_EQ(score.not_found, 5);
  EXPECT_TRUE(std::isnan(score.rho));
}

// man - woman lies as king - queen does.
AnalogySet four_questions() {
  return {"questions",
          {{"royal", {{"man", "woman", "king", "queen"}, {"MAN", "KING", "Woman", "Queen"}}},
           {"wrong", {{"man", "woman", "king", "far"}, {"man", "woman", "king", "nobody"}}}}};
}

TEST(WordEvaluation, AnalogiesAreCountedBySection) {
  const WordLookup words = at_angles(
      {{"man", 0}, {"woman", 30}, {"king", 40}, {"queen", 70}, {"QUEEN", 69}, {"far", 200}});
  const AnalogyScore score = WordEvaluation(words, {}).score(four_questions());
  ASSERT_EQ(score.sections.size(), 2u);
  EXPECT_EQ(score.sections[0].correct, 2);
  EXPECT_EQ(score.sections[0].accuracy(), 1);
  EXPECT_EQ(score.sections[1].correct, 0);
  EXPECT_EQ(score.sections[1].not_found, 1);
  EXPECT_EQ(score.all.total, 4);
  EXPECT_EQ(score.all.not_found, 1);
  EXPECT_DOUBLE_EQ(score.all.accuracy(), 2.0 / 3);
}

TEST(WordEvaluation, MeanIsThatOfTheFilesThatHaveACorrelation) {
  const double none = std::nan("");
  const std::vector<SimilarityScore> scores = {{"a", 3, 0, 0.5}, {"b", 3, 3, none}, {"c", 3, 1, 1}};
  EXPECT_DOUBLE_EQ(mean_rho(scores), 0.75);
  EXPECT_TRUE(std::isnan(mean_rho({})));
}

TEST(WordEvaluation, JsonIsThatOfBlazingText) {
  const std::vector<SimilarityScore> scores = {{"EN-WS-353-REL.txt", 252, 2, 0.6325},
                                               {"EN-WS-353-ALL.txt", 353, 353, std::nan("")}};
  EXPECT_EQ(evaluation_json(scores, {}), R"({
    "EN-WS-353-ALL.txt": {
        "not_found": 353,
        "spearmans_rho": null,
        "total_pairs": 353
    },
    "EN-WS-353-REL.txt": {
        "not_found": 2,
        "spearmans_rho": 0.6325,
        "total_pairs": 252
    },
    "mean_rho": 0.6325
})");
}

TEST(WordEvaluation, JsonOfAnalogiesHasTheirSections) {
  AnalogyScore score;
  score.all = {"q.txt", 4, 2, 1};
  score.sections.push_back({"one", 4, 2, 1});
  const auto json = nlohmann::json::parse(evaluation_json({}, std::span(&score, 1)));
  EXPECT_FALSE(json.contains("mean_rho"));
  EXPECT_EQ(json["analogies"]["q.txt"]["accuracy"], 0.5);
  EXPECT_EQ(json["analogies"]["q.txt"]["sections"][0]["section"], "one");
  EXPECT_EQ(json["analogies"]["q.txt"]["sections"][0]["total_questions"], 4);
}

}  // namespace
}  // namespace wordfire
