#include "core/analogies.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace wordfire {
namespace {

class AnalogiesTest : public testing::Test {
 protected:
  AnalogiesTest() : groups(kWords) { std::iota(groups.begin(), groups.end(), 0); }

  static UnitRows random_rows() {
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    UnitRows rows{kWords, kDim, std::vector<float>(kWords * kDim)};
    for (float& value : rows.values) value = normal(random);
    for (int64_t i = 0; i < kWords; ++i) make_unit({rows.values.data() + i * kDim, kDim});
    return rows;
  }
  static std::vector<AnalogyQuestion> random_questions(size_t count) {
    std::mt19937 random(6);
    std::uniform_int_distribution<int32_t> word(0, kWords - 1);
    std::vector<AnalogyQuestion> questions(count);
    for (auto& question : questions) question = {word(random), word(random), word(random)};
    return questions;
  }
  [[nodiscard]] bool is_left_out(int32_t word, const AnalogyQuestion& question) const {
    const auto group = [&](int32_t one) { return groups[static_cast<size_t>(one)]; };
    return group(word) == group(question.a) || group(word) == group(question.b) ||
           group(word) == group(question.c);
  }
  // One question at a time, one word at a time.
  [[nodiscard]] int32_t plain_answer(const UnitRows& rows, const AnalogyQuestion& question) const {
    int32_t best = -1;
    double best_score = -10;
    for (int32_t word = 0; word < kWords; ++word) {
      if (is_left_out(word, question)) continue;
      double score = 0;
      for (int32_t i = 0; i < kDim; ++i) {
        const auto at = static_cast<size_t>(i);
        score += double{rows.row(word)[at]} * (double{rows.row(question.b)[at]} -
                                               rows.row(question.a)[at] + rows.row(question.c)[at]);
      }
      if (score > best_score) {
        best_score = score;
        best = word;
      }
    }
    return best;
  }
  void expect_plain_answers() const {
    const UnitRows rows = random_rows();
    const auto questions = random_questions(300);
    for (const int threads : {1, 3}) {
      const std::vector<int32_t> answers = answer_analogies(rows, groups, questions, threads);
      for (size_t q = 0; q < questions.size(); ++q) {
        EXPECT_EQ(answers[q], plain_answer(rows, questions[q])) << "question " << q;
      }
    }
  }

  static constexpr int64_t kWords = 700;
  static constexpr int32_t kDim = 12;
  std::vector<int32_t> groups;
};

TEST_F(AnalogiesTest, AnswersAreThoseOfAPlainSearch) { expect_plain_answers(); }

TEST_F(AnalogiesTest, WordsOfTheGroupsAskedAboutAreNoAnswer) {
  for (size_t word = 0; word < groups.size(); ++word) {
    groups[word] = static_cast<int32_t>(word % 50);
  }
  expect_plain_answers();
}

TEST_F(AnalogiesTest, NoWordLeftIsNoAnswer) {
  const UnitRows rows = {3, 1, {1, 1, 1}};
  const std::vector<int32_t> alone = {0, 1, 2};
  const std::vector<AnalogyQuestion> questions = {{0, 1, 2}, {0, 0, 0}};
  EXPECT_EQ(answer_analogies(rows, alone, questions, 2), (std::vector<int32_t>{-1, 1}));
  EXPECT_TRUE(answer_analogies(rows, alone, {}, 2).empty());
}

}  // namespace
}  // namespace wordfire
