// evaluate: how good word vectors are, by people's judgement of pairs and by analogies.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/strict_number.h"
#include "exit_code.h"
#include "io/evaluation_sets.h"
#include "io/word_evaluation.h"
#include "open_words.h"
#include "scoring_arguments.h"
#include "standard_streams.h"
#include "verb_arguments.h"
#include "verbs.h"

namespace wordfire {
namespace {

constexpr std::string_view kDescription =
    "Measures word vectors: Spearman's correlation of their cosines with people's scores of pairs "
    "of words, and the\n"
    "share of analogies they solve (3CosAdd: the word nearest to b - a + c, other than a, b and "
    "c). Upper and lower case\n"
    "are one; a pair or question with a word that has no vector is counted as not found and left "
    "out. A model with\n"
    "character n-grams has vectors for all words of pairs, as in fastText's own figures.\n";

struct EvaluateArguments {
  std::string model;
  std::vector<std::string> similarity;
  std::vector<std::string> analogies;
  EvaluationSettings settings;
  bool json = false;
};

int64_t parse_restrict(const std::string& text) {
  const std::optional<int64_t> words = parse_integer(text);
  if (words && *words >= 1) return *words;
  throw Error::usage(fmt::format(R"(option -restrict: got "{}", want an integer from 1 to {})",
                                 text, std::numeric_limits<int64_t>::max()));
}

std::optional<EvaluateArguments> parse(VerbArgs args) {
  EvaluateArguments parsed;
  EvaluationSettings& settings = parsed.settings;
  std::optional<std::string> most_words, threads;
  VerbArguments arguments("evaluate", std::string(kDescription));
  arguments.required("model", parsed.model, kWordsSentence);
  arguments.list("similarity", parsed.similarity,
                 "files of word, word, score: separated by tabs, semicolons, commas or blanks");
  arguments.list("analogies", parsed.analogies,
                 "files of four words a line, in sections that begin with : NAME");
  arguments.option("restrict", most_words,
                   "words behind so many count as unknown; 300000 if not given");
  arguments.toggle("caseSensitive", settings.case_sensitive, "words must be spelt as given");
  arguments.toggle("vocabularyOnly", settings.vocabulary_only,
                   "make no vectors of character n-grams for unknown words");
  arguments.option("thread", threads, "threads; 0 or not given: as many as the process may use");
  arguments.toggle("json", parsed.json, "print JSON, as BlazingText's eval.json");
  if (!arguments.parse(args)) return std::nullopt;
  if (parsed.similarity.empty() && parsed.analogies.empty()) {
    throw Error::usage(
        "wordfire evaluate: no files to measure by, want -similarity, -analogies or "
        "both; see wordfire evaluate --help");
  }
  if (most_words) settings.most_words = parse_restrict(*most_words);
  settings.threads = parse_threads(threads);
  return parsed;
}

std::string counts_line(const AnalogyCounts& counts) {
  if (counts.total == counts.not_found) {
    return fmt::format("{}: 0 questions, {} not found\n", counts.name, counts.not_found);
  }
  return fmt::format("{}: {:.2f} % of {} questions, {} not found\n", counts.name,
                     100 * counts.accuracy(), counts.total - counts.not_found, counts.not_found);
}

// The line #mean_rho is BlazingText's: a metric is read from it.
std::string text_of(const std::vector<SimilarityScore>& similarity,
                    const std::vector<AnalogyScore>& analogies) {
  std::string out;
  for (const SimilarityScore& score : similarity) {
    fmt::format_to(std::back_inserter(out), "{}: rho {:.4f}, {} pairs, {} not found\n", score.name,
                   score.rho, score.total_pairs, score.not_found);
  }
  if (!similarity.empty()) out += fmt::format("#mean_rho: {}\n", mean_rho(similarity));
  for (const AnalogyScore& score : analogies) {
    out += counts_line(score.all);
    for (const AnalogyCounts& section : score.sections) {
      if (!section.name.empty()) out += "  " + counts_line(section);
    }
  }
  return out;
}

// Says why there is no figure where there is none.
void warn_of_none(const std::vector<SimilarityScore>& similarity) {
  for (const SimilarityScore& score : similarity) {
    if (!std::isnan(score.rho)) continue;
    print_error(
        fmt::format("warning: {}: no correlation of {} pairs that were found, want two or "
                    "more with different scores and different cosines",
                    score.name, score.total_pairs - score.not_found));
  }
}

// Reads every file before anything is measured; files of one name are told apart by their folders.
template <typename Set>
std::vector<Set> read_all(const std::vector<std::string>& paths,
                          Set (*read)(const std::string& path)) {
  std::vector<Set> sets;
  for (const std::string& path : paths) {
    Set set = read(path);
    if (std::ranges::find(sets, set.name, &Set::name) != sets.end()) set.name = path;
    sets.push_back(std::move(set));
  }
  return sets;
}

}  // namespace

int run_evaluate(VerbArgs args) {
  const auto arguments = parse(args);
  if (!arguments) return kExitDone;
  const auto pairs = read_all(arguments->similarity, read_word_pairs);
  const auto questions = read_all(arguments->analogies, read_analogies);
  const WordLookup words = open_words(arguments->model);
  const WordEvaluation evaluation(words, arguments->settings);
  std::vector<SimilarityScore> similarity;
  similarity.reserve(pairs.size());
  for (const WordPairs& set : pairs) similarity.push_back(evaluation.score(set));
  warn_of_none(similarity);
  std::vector<AnalogyScore> analogies;
  analogies.reserve(questions.size());
  for (const AnalogySet& set : questions) analogies.push_back(evaluation.score(set));
  write_stdout(arguments->json ? evaluation_json(similarity, analogies) + '\n'
                               : text_of(similarity, analogies));
  return kExitDone;
}

}  // namespace wordfire
