// The verbs that label each line of text: predict, predict-prob. Their output is fastText's, byte
// for byte, but for the digits of probabilities.
#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/predictor.h"
#include "exit_code.h"
#include "json_text.h"
#include "line_workers.h"
#include "open_model.h"
#include "raw_text.h"
#include "scoring_arguments.h"
#include "standard_streams.h"
#include "verbs.h"

namespace wordfire {
namespace {

// What a thread needs to label lines.
struct Labeller {
  PredictScratch scratch;
  std::vector<Prediction> best;
  std::string prepared;
};

// Prints the predictions for a line.
using LineFormat = void (*)(const Dictionary& dictionary, const std::vector<Prediction>& best,
                            std::string& out);

void append_labels(const Dictionary& dictionary, const std::vector<Prediction>& best,
                   std::string& out) {
  for (size_t i = 0; i < best.size(); ++i) {
    if (i > 0) out += ' ';
    out += dictionary.label(best[i].label);
  }
  out += '\n';
}

void append_probabilities(const Dictionary& dictionary, const std::vector<Prediction>& best,
                          std::string& out) {
  for (size_t i = 0; i < best.size(); ++i) {
    if (i > 0) out += ' ';
    out += dictionary.label(best[i].label);
    fmt::format_to(std::back_inserter(out), " {:.6g}", best[i].probability);
  }
  out += '\n';
}

// {"label":["__label__x"],"prob":[0.98]}, as BlazingText answers.
void append_json(const Dictionary& dictionary, const std::vector<Prediction>& best,
                 std::string& out) {
  out += R"({"label":[)";
  for (size_t i = 0; i < best.size(); ++i) {
    if (i > 0) out += ',';
    out += json_string(dictionary.label(best[i].label));
  }
  out += R"(],"prob":[)";
  for (size_t i = 0; i < best.size(); ++i) {
    if (i > 0) out += ',';
    fmt::format_to(std::back_inserter(out), "{}", best[i].probability);
  }
  out += "]}\n";
}

int predict(const ScoringArguments& arguments, LineFormat format) {
  const Predictor predictor(open_classifier(arguments.model));
  const Dictionary& dictionary = predictor.model().dictionary;
  const std::optional<RawText> raw =
      arguments.raw ? std::optional<RawText>(arguments.model) : std::nullopt;
  std::vector<Labeller> labellers(arguments.threads);
  const auto label_line = [&](int worker, std::string_view text, std::string& out) {
    Labeller& labeller = labellers[worker];
    if (raw) text = raw->prepared(text, labeller.prepared);
    predictor.encode(text, labeller.scratch);
    predictor.predict(labeller.scratch, arguments.k, arguments.threshold, labeller.best);
    format(dictionary, labeller.best, out);
  };
  map_lines(arguments.file, arguments.threads, label_line, write_stdout);
  return kExitDone;
}

}  // namespace

int run_predict(VerbArgs args) {
  const auto arguments =
      parse_scoring_arguments("predict", "Prints the most likely labels of each line.", args);
  if (!arguments) return kExitDone;
  return predict(*arguments, arguments->json ? append_json : append_labels);
}

int run_predict_prob(VerbArgs args) {
  const auto arguments = parse_scoring_arguments(
      "predict-prob", "Prints the most likely labels of each line and their probabilities.", args);
  if (!arguments) return kExitDone;
  return predict(*arguments, arguments->json ? append_json : append_probabilities);
}

}  // namespace wordfire
