// The verb print-sentence-vectors. Its output is fastText's.
#include <fmt/format.h>

#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/predictor.h"
#include "core/sentence_vector.h"
#include "exit_code.h"
#include "io/vector_file.h"
#include "line_workers.h"
#include "open_model.h"
#include "open_words.h"
#include "scoring_arguments.h"
#include "standard_streams.h"
#include "verb_arguments.h"
#include "verbs.h"

namespace wordfire {
namespace {

// The vector of a line; it is good until the same worker asks again.
using LineVector = std::function<std::span<const float>(size_t worker, std::string_view line)>;

LineVector mean_of_features(std::shared_ptr<const Model> model, size_t workers) {
  const auto predictor = std::make_shared<Predictor>(std::move(model));
  return [predictor, scratches = std::vector<PredictScratch>(workers)](
             size_t worker, std::string_view line) mutable {
    return predictor->sentence_vector(line, scratches[worker]);
  };
}

LineVector mean_of_words(WordLookup words, size_t workers) {
  const auto lookup = std::make_shared<WordLookup>(std::move(words));
  return [lookup, scratches = std::vector<SentenceScratch>(workers)](
             size_t worker, std::string_view line) mutable {
    return sentence_vector(*lookup, line, scratches[worker]);
  };
}

LineVector open_sentences(const std::string& path, size_t workers) {
  if (tell_vector_format(path) != VectorFormat::kFasttextModel) {
    return mean_of_words(open_words(path), workers);
  }
  std::shared_ptr<const Model> model = open_model(path);
  if (model->args.model == ModelKind::kSupervised) {
    return mean_of_features(std::move(model), workers);
  }
  return mean_of_words(WordLookup(std::move(model)), workers);
}

}  // namespace

int run_print_sentence_vectors(VerbArgs args) {
  std::string path;
  std::optional<std::string> thread_text;
  VerbArguments arguments("print-sentence-vectors",
                          "Prints the vector of each line of standard input: of a classifier the "
                          "mean of its features,\nof word vectors the mean of its words, each "
                          "divided by its length.");
  arguments.required("model", path, kWordsSentence);
  arguments.option("thread", thread_text,
                   "threads; 0 or not given: as many as the process may use");
  if (!arguments.parse(args)) return kExitDone;
  const int threads = parse_threads(thread_text);
  const LineVector vector_of = open_sentences(path, static_cast<size_t>(threads));
  const auto print_vector = [&](int worker, std::string_view line, std::string& out) {
    for (const float value : vector_of(static_cast<size_t>(worker), line)) {
      fmt::format_to(std::back_inserter(out), "{:.5g} ", value);
    }
    out += '\n';
  };
  map_lines("-", threads, print_vector, write_stdout);
  return kExitDone;
}

}  // namespace wordfire
