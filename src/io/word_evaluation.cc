#include "io/word_evaluation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/analogies.h"
#include "core/spearman.h"
#include "core/unit_rows.h"
#include "io/letter_case.h"
#include "io/utf8.h"

namespace wordfire {
namespace {

std::string lower_cased(std::string_view word) {
  std::string lower;
  for (size_t i = 0; i < word.size();) {
    const Utf8Char character = first_utf8_char(word.substr(i));
    const size_t bytes = std::max<size_t>(character.bytes, 1);
    const char32_t code = lower_case(character.code);
    if (character.bytes == 0 || code == character.code) {
      lower.append(word.substr(i, bytes));
    } else {
      append_utf8(code, lower);
    }
    i += bytes;
  }
  return lower;
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

struct Questions {
  std::vector<AnalogyQuestion> questions;
  std::vector<int32_t> wanted;   // the group of the right answer
  std::vector<size_t> sections;  // where each is from
};

nlohmann::json json_of(const AnalogyCounts& counts) {
  return {{"accuracy", counts.accuracy()},
          {"correct", counts.correct},
          {"not_found", counts.not_found},
          {"total_questions", counts.total}};
}

nlohmann::json json_of(const AnalogyScore& score) {
  nlohmann::json json = json_of(score.all);
  for (const AnalogyCounts& section : score.sections) {
    nlohmann::json one = json_of(section);
    one["section"] = section.name;
    json["sections"].push_back(std::move(one));
  }
  return json;
}

}  // namespace

WordEvaluation::WordEvaluation(const WordLookup& words, const EvaluationSettings& settings)
    : words_(words), settings_(settings) {
  const auto count = static_cast<int32_t>(std::min<int64_t>(words.size(), settings.most_words));
  ids_.reserve(static_cast<size_t>(count));
  groups_.reserve(static_cast<size_t>(count));
  for (int32_t id = 0; id < count; ++id) {
    groups_.push_back(ids_.emplace(folded(words.word(id)), id).first->second);
  }
}

std::string WordEvaluation::folded(std::string_view word) const {
  return settings_.case_sensitive ? std::string(word) : lower_cased(word);
}

int32_t WordEvaluation::find(std::string_view word) const {
  const auto found = ids_.find(folded(word));
  return found == ids_.end() ? -1 : found->second;
}

std::vector<float> WordEvaluation::vector_of(std::string_view word,
                                             WordLookup::Scratch& scratch) const {
  std::vector<float> vector(static_cast<size_t>(words_.dim()));
  const int32_t id = find(word);
  if (id >= 0) {
    words_.copy_rows(id, 1, vector.data());
  } else if (settings_.vocabulary_only || !words_.has_subwords() ||
             !words_.copy_vector(folded(word), scratch, vector.data())) {
    return {};
  }
  make_unit(vector);
  return vector;
}

SimilarityScore WordEvaluation::score(const WordPairs& set) const {
  WordLookup::Scratch scratch;
  std::vector<double> people;
  std::vector<double> cosines;
  for (const WordPair& pair : set.pairs) {
    const std::vector<float> first = vector_of(pair.first, scratch);
    const std::vector<float> second = vector_of(pair.second, scratch);
    if (first.empty() || second.empty()) continue;
    people.push_back(pair.score);
    cosines.push_back(dot(first, second));
  }
  const auto total = static_cast<int64_t>(set.pairs.size());
  return {set.name, total, total - static_cast<int64_t>(people.size()), spearman(people, cosines)};
}

AnalogyScore WordEvaluation::score(const AnalogySet& set) const {
  AnalogyScore score{{set.name}, {}};
  Questions asked;
  for (const AnalogySection& section : set.sections) {
    score.sections.push_back({section.name, static_cast<int64_t>(section.questions.size())});
    for (const WordAnalogy& analogy : section.questions) {
      const std::array<int32_t, 4> ids = {find(analogy[0]), find(analogy[1]), find(analogy[2]),
                                          find(analogy[3])};
      if (std::ranges::find(ids, -1) != ids.end()) {
        ++score.sections.back().not_found;
        continue;
      }
      asked.questions.push_back({ids[0], ids[1], ids[2]});
      asked.wanted.push_back(ids[3]);
      asked.sections.push_back(score.sections.size() - 1);
    }
  }
  const UnitRows rows = unit_rows(words_, static_cast<int64_t>(groups_.size()), settings_.threads);
  const auto answers = answer_analogies(rows, groups_, asked.questions, settings_.threads);
  for (size_t i = 0; i < answers.size(); ++i) {
    const bool right =
        answers[i] >= 0 && groups_[static_cast<size_t>(answers[i])] == asked.wanted[i];
    score.sections[asked.sections[i]].correct += right ? 1 : 0;
  }
  for (const AnalogyCounts& section : score.sections) {
    score.all.total += section.total;
    score.all.not_found += section.not_found;
    score.all.correct += section.correct;
  }
  return score;
}

double mean_rho(std::span<const SimilarityScore> scores) {
  double sum = 0;
  int count = 0;
  for (const SimilarityScore& score : scores) {
    if (std::isnan(score.rho)) continue;
    sum += score.rho;
    ++count;
  }
  return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

std::string evaluation_json(std::span<const SimilarityScore> similarity,
                            std::span<const AnalogyScore> analogies) {
  nlohmann::json json = nlohmann::json::object();
  for (const SimilarityScore& score : similarity) {
    json[score.name] = {{"not_found", score.not_found},
                        {"spearmans_rho", score.rho},
                        {"total_pairs", score.total_pairs}};
  }
  if (!similarity.empty()) json["mean_rho"] = mean_rho(similarity);
  for (const AnalogyScore& score : analogies) json["analogies"][score.all.name] = json_of(score);
  return json.dump(4, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace wordfire
