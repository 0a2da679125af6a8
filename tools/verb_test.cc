// The verbs that score a classifier on labelled text: test, test-label. Their output is fastText's,
// byte for byte, but for a text that scores nothing, which is an error here.
#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/meter.h"
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

// What a thread needs to score lines.
struct Scorer {
  explicit Scorer(int32_t nlabels) : meter(nlabels) {}
  PredictScratch scratch;
  std::vector<Prediction> best;
  std::string prepared;
  Meter meter;
};

Meter score(const Predictor& predictor, const ScoringArguments& arguments) {
  const std::optional<RawText> raw =
      arguments.raw ? std::optional<RawText>(arguments.model) : std::nullopt;
  std::vector<Scorer> scorers(arguments.threads, Scorer(predictor.model().dictionary.nlabels()));
  each_line(arguments.file, arguments.threads, [&](int worker, std::string_view text) {
    Scorer& scorer = scorers[worker];
    if (raw) text = raw->prepared_labelled(text, scorer.prepared);
    const LineFeatures& line = predictor.encode(text, scorer.scratch);
    if (line.labels.empty() || line.features.empty()) return;
    predictor.predict(scorer.scratch, arguments.k, arguments.threshold, scorer.best);
    scorer.meter.log(line.labels, scorer.best);
  });
  for (size_t i = 1; i < scorers.size(); ++i) scorers[0].meter.merge(scorers[i].meter);
  return scorers[0].meter;
}

Meter score_some(const Predictor& predictor, const ScoringArguments& arguments) {
  Meter meter = score(predictor, arguments);
  if (meter.examples() > 0) return meter;
  throw Error::data(
      fmt::format("{}: no line has words and a label that {} knows, want lines such as \"{}\"",
                  arguments.file, arguments.model,
                  predictor.model().dictionary.nlabels() > 0
                      ? fmt::format("{} some words", predictor.model().dictionary.label(0))
                      : "__label__x some words"));
}

std::string label_metric(std::string_view name, double value) {
  return std::isfinite(value) ? fmt::format("{} : {:.6f}  ", name, value)
                              : fmt::format("{} : --------  ", name);
}

std::string label_line(const Dictionary& dictionary, const Meter& meter, int32_t label) {
  const LabelCounts& counts = meter.of_label(label);
  return label_metric("F1-Score", counts.f1()) + label_metric("Precision", counts.precision()) +
         label_metric("Recall", counts.recall()) + fmt::format(" {}\n", dictionary.label(label));
}

std::string json_scores(const LabelCounts& counts) {
  return fmt::format(R"("precision":{},"recall":{},"f1":{})", json_number(counts.precision()),
                     json_number(counts.recall()), json_number(counts.f1()));
}

std::string json_total(const Meter& meter, const ScoringArguments& arguments) {
  return fmt::format(R"("examples":{},"k":{},{})", meter.examples(), arguments.k,
                     json_scores(meter.total()));
}

std::string json_labels(const Dictionary& dictionary, const Meter& meter) {
  std::string out;
  for (int32_t label = 0; label < meter.nlabels(); ++label) {
    const LabelCounts& counts = meter.of_label(label);
    fmt::format_to(std::back_inserter(out), R"({}{{"label":{},"gold":{},"predicted":{},{}}})",
                   label > 0 ? "," : "", json_string(dictionary.label(label)), counts.gold,
                   counts.predicted, json_scores(counts));
  }
  return out;
}

}  // namespace

int run_test(VerbArgs args) {
  const auto arguments =
      parse_scoring_arguments("test", "Scores a classifier on labelled text.", args);
  if (!arguments) return kExitDone;
  const Predictor predictor(open_classifier(arguments->model));
  const Meter meter = score_some(predictor, *arguments);
  if (arguments->json) {
    write_stdout(fmt::format("{{{}}}\n", json_total(meter, *arguments)));
  } else {
    write_stdout(fmt::format("N\t{0}\nP@{1}\t{2:.3g}\nR@{1}\t{3:.3g}\n", meter.examples(),
                             arguments->k, meter.total().precision(), meter.total().recall()));
  }
  return kExitDone;
}

int run_test_label(VerbArgs args) {
  const auto arguments = parse_scoring_arguments(
      "test-label", "Scores a classifier on labelled text, label by label.", args);
  if (!arguments) return kExitDone;
  const Predictor predictor(open_classifier(arguments->model));
  const Dictionary& dictionary = predictor.model().dictionary;
  const Meter meter = score_some(predictor, *arguments);
  if (arguments->json) {
    write_stdout(fmt::format("{{{},\"labels\":[{}]}}\n", json_total(meter, *arguments),
                             json_labels(dictionary, meter)));
    return kExitDone;
  }
  std::string out;
  for (int32_t label = 0; label < meter.nlabels(); ++label)
    out += label_line(dictionary, meter, label);
  // fastText leaves the stream at fixed digits here, so the totals have three of them, unlike those
  // of test.
  out += fmt::format("N\t{0}\nP@{1}\t{2:.3f}\nR@{1}\t{3:.3f}\n", meter.examples(), arguments->k,
                     meter.total().precision(), meter.total().recall());
  write_stdout(out);
  return kExitDone;
}

}  // namespace wordfire
