#include "sagemaker/vector_evaluation.h"

#include <cmath>
#include <filesystem>
#include <string_view>

#include "core/word_lookup.h"
#include "io/text_lines.h"
#include "io/vector_file.h"
#include "io/word_evaluation.h"

namespace wordfire {
namespace {

// The files to measure by; none where neither channel nor folder is there.
std::vector<std::string> test_files(const std::optional<Channel>& channel,
                                    const std::string& image_folder) {
  if (channel) return list_channel_files(*channel);
  std::error_code ignored;
  if (!std::filesystem::is_directory(image_folder, ignored)) return {};
  return list_channel_files({.name = "evaluation", .content_type = "", .path = image_folder});
}

// Google's format has a section before its first question.
bool holds_analogies(const std::string& path) {
  bool first = true;
  bool analogies = false;
  for_each_line(path, [&](std::string_view line, int64_t) {
    if (!first || line.find_first_not_of(" \t") == std::string_view::npos) return;
    first = false;
    analogies = line.starts_with(':');
  });
  return analogies;
}

}  // namespace

VectorTests read_vector_tests(const std::optional<Channel>& channel,
                              const std::string& image_folder) {
  VectorTests tests;
  for (const std::string& path : test_files(channel, image_folder)) {
    if (holds_analogies(path)) {
      tests.analogies.push_back(read_analogies(path));
    } else {
      tests.pairs.push_back(read_word_pairs(path));
    }
  }
  return tests;
}

VectorScores score_vectors(const std::string& vectors, const VectorTests& tests, int threads) {
  const WordLookup words(read_word_vectors(vectors));
  EvaluationSettings settings;
  settings.threads = threads;
  std::vector<AnalogyScore> analogies;
  if (!tests.analogies.empty()) {
    const WordEvaluation questions(words, settings);
    for (const AnalogySet& set : tests.analogies) analogies.push_back(questions.score(set));
  }
  settings.most_words = words.size();
  const WordEvaluation pairs(words, settings);
  std::vector<SimilarityScore> similarity;
  for (const WordPairs& set : tests.pairs) similarity.push_back(pairs.score(set));
  VectorScores scores{evaluation_json(similarity, analogies), mean_rho(similarity)};
  if (std::isnan(*scores.mean_rho)) scores.mean_rho.reset();
  return scores;
}

}  // namespace wordfire
