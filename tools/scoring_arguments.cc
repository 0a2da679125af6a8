#include "scoring_arguments.h"

#include <fmt/format.h>

#include <limits>

#include "core/error.h"
#include "core/option_value.h"
#include "core/parallel.h"
#include "core/strict_number.h"
#include "verb_arguments.h"

namespace wordfire {
namespace {

int32_t parse_k(const std::string& text) {
  const std::optional<int32_t> k = parse_number<int32_t>(text);
  if (k && (*k >= 1 || *k == -1)) return *k;
  throw Error::usage(
      fmt::format(R"(argument k: got "{}", want an integer from 1 to {}, or -1 for all labels)",
                  text, std::numeric_limits<int32_t>::max()));
}

float parse_threshold(const std::string& text) {
  const std::optional<double> threshold = parse_real(text);
  if (threshold && *threshold >= 0 && *threshold <= 1) return static_cast<float>(*threshold);
  throw Error::usage(fmt::format(R"(argument th: got "{}", want a probability from 0 to 1)", text));
}

}  // namespace

int parse_threads(const std::optional<std::string>& text) {
  Options options;
  if (text) set_option(options, *find_option("thread", TrainingMode::kSupervised), *text);
  return options.thread > 0 ? options.thread : available_threads();
}

std::optional<ScoringArguments> parse_scoring_arguments(const std::string& verb,
                                                        const std::string& description,
                                                        std::span<const std::string> args) {
  ScoringArguments parsed;
  std::optional<std::string> k;
  std::optional<std::string> threshold;
  std::optional<std::string> threads;
  VerbArguments arguments(verb, description);
  arguments.required("model", parsed.model, "the model, .bin or .ftz");
  arguments.required("file", parsed.file,
                     "lines of text, plain, gzip or zstd; - is standard input");
  arguments.optional("k", k, "labels a line, 1 if not given, -1 for all");
  arguments.optional("th", threshold, "least probability, 0 if not given");
  arguments.option("thread", threads, "threads; 0 or not given: as many as the process may use");
  arguments.toggle("json", parsed.json, "print JSON");
  arguments.toggle("raw", parsed.raw,
                   "the text is raw: treat it as wordfire prepare treated the training text");
  if (!arguments.parse(args)) return std::nullopt;
  if (k) parsed.k = parse_k(*k);
  if (threshold) parsed.threshold = parse_threshold(*threshold);
  parsed.threads = parse_threads(threads);
  return parsed;
}

}  // namespace wordfire
