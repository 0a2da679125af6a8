// How good word vectors are: their cosines against people's judgement of likeness, and analogies.
// The counts and figures are those of gensim's evaluate_word_pairs and evaluate_word_analogies.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/word_lookup.h"
#include "io/evaluation_sets.h"

namespace wordfire {

struct EvaluationSettings {
  int64_t most_words = 300'000;  // words behind these count as unknown; gensim's default
  bool case_sensitive = false;   // else "Paris" is also found as "paris", the more frequent first
  bool vocabulary_only = false;  // else models with n-grams make vectors for unknown words of pairs
  int threads = 1;
};

struct SimilarityScore {
  std::string name;
  int64_t total_pairs = 0;
  int64_t not_found = 0;  // pairs with a word that has no vector
  double rho = 0;         // Spearman's, over the others; NaN where there is none
};

struct AnalogyCounts {
  std::string name;  // of the file or section
  int64_t total = 0;
  int64_t not_found = 0;  // questions with a word outside of the vocabulary
  int64_t correct = 0;

  // Of the questions that were asked; NaN where none was.
  [[nodiscard]] double accuracy() const {
    return static_cast<double>(correct) / static_cast<double>(total - not_found);
  }
};

struct AnalogyScore {
  AnalogyCounts all;
  std::vector<AnalogyCounts> sections;
};

// Refers to `words`.
class WordEvaluation {
 public:
  WordEvaluation(const WordLookup& words, const EvaluationSettings& settings);

  [[nodiscard]] SimilarityScore score(const WordPairs& set) const;
  // By 3CosAdd; words of the vocabulary alone ask and answer. Memory: the vectors once more.
  [[nodiscard]] AnalogyScore score(const AnalogySet& set) const;

 private:
  [[nodiscard]] std::string folded(std::string_view word) const;
  [[nodiscard]] int32_t find(std::string_view word) const;
  [[nodiscard]] std::vector<float> vector_of(std::string_view word,
                                             WordLookup::Scratch& scratch) const;

  const WordLookup& words_;
  EvaluationSettings settings_;
  std::unordered_map<std::string, int32_t> ids_;  // by folded word, the most frequent
  std::vector<int32_t> groups_;                   // [words]: the first that is folded alike
};

// The mean of those that have one; NaN where none has.
[[nodiscard]] double mean_rho(std::span<const SimilarityScore> scores);

// BlazingText's eval.json, keys sorted, indented by 4: "mean_rho" and for each file
// {"not_found", "spearmans_rho", "total_pairs"}; with analogies there is a key "analogies" as well.
[[nodiscard]] std::string evaluation_json(std::span<const SimilarityScore> similarity,
                                          std::span<const AnalogyScore> analogies);

}  // namespace wordfire
