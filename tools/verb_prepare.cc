// prepare: turns CSV, TSV and JSON lines into training text.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/strict_number.h"
#include "exit_code.h"
#include "io/prepare.h"
#include "prepare_log.h"
#include "scoring_arguments.h"
#include "standard_streams.h"
#include "stop_signals.h"
#include "verb_arguments.h"
#include "verbs.h"

namespace wordfire {
namespace {

constexpr std::string_view kDescription =
    "Turns tables (CSV, TSV, JSON lines; plain, gzip or zstd) into training text, a line a row: "
    "the labels, then the\n"
    "words in lower case with every punctuation mark split off. How it was made is kept in "
    "prepare.json beside it, so\n"
    "that supervised can store that in the model and predict --raw treats new text the same "
    "way.\n\n"
    "DBpedia as BlazingText's notebook prepares it: train.csv has lines of "
    "class,\"title\",\"abstract\", classes.txt the name\n"
    "of each class, and a fifth of the rows is kept, in random order:\n\n"
    "  wordfire prepare -input train.csv -classes classes.txt -keep 0.2 -shuffle -output "
    "dbpedia.train\n\n"
    "Columns by name, a tenth of the rows held out for a test, in reviews.train and "
    "reviews.test:\n\n"
    "  wordfire prepare -input reviews.jsonl.gz -labelColumn stars -textColumns title,body -split "
    "0.1 -output reviews\n";

// The flags as they were written.
struct Flags {
  std::vector<std::string> input;
  std::vector<std::string> label_columns;
  std::vector<std::string> text_columns;
  std::optional<std::string> output, format, classes, quotes, letter_case, punctuation, label;
  std::optional<std::string> label_separator, keep, split, seed, skip_bad, thread, memory,
      scratch_dir;
  bool header = false;
  bool shuffle = false;
};

void declare_table(VerbArguments& arguments, Flags& flags) {
  arguments.list("input", flags.input, "files or directories; - is standard input");
  arguments.option("format", flags.format,
                   "csv, tsv or jsonl; not given: told by name or first line");
  arguments.toggle("header", flags.header,
                   "the first row names the columns; needless if a column is given by name");
  arguments.option("quotes", flags.quotes,
                   "yes or no: whether \" begins a quoted field; yes in csv, no in tsv");
  arguments.list("labelColumn", flags.label_columns,
                 "number from 1, or name; 1, or \"label\" in jsonl, if not given");
  arguments.list("textColumns", flags.text_columns,
                 "numbers or names, as 2,3; all others, or \"text\" in jsonl, if not given");
  arguments.option("labelSeparator", flags.label_separator,
                   "what stands between several labels of one row");
  arguments.option(
      "classes", flags.classes,
      "names of classes: one a line for 1, 2, ..., or lines of value TAB name, or a JSON object");
}

void declare_text(VerbArguments& arguments, Flags& flags) {
  arguments.option("output", flags.output,
                   "the text; with -split OUTPUT.train and OUTPUT.test are made");
  arguments.option("label", flags.label, "prefix of labels, __label__ if not given");
  arguments.option("case", flags.letter_case, "lower or keep, lower if not given");
  arguments.option("punctuation", flags.punctuation,
                   "split: every mark is a token (not given); fasttext: as its scripts do; keep: "
                   "left in the words");
  arguments.option("keep", flags.keep, "share of the rows that is kept, 1 if not given");
  arguments.option("split", flags.split,
                   "share of the kept rows that goes to OUTPUT.test, 0 if not given");
  arguments.toggle("shuffle", flags.shuffle, "random order, whatever the size");
  arguments.option("seed", flags.seed, "of -keep, -split and -shuffle, 0 if not given");
  arguments.option("skipBad", flags.skip_bad,
                   "share of rows that may be unreadable, 0 if not given");
}

void declare_resources(VerbArguments& arguments, Flags& flags) {
  arguments.option("thread", flags.thread,
                   "threads; 0 or not given: as many as the process may use");
  arguments.option("memory", flags.memory, "MiB that a shuffle may take, 512 if not given");
  arguments.option("scratchDir", flags.scratch_dir,
                   "where the rest of a shuffle goes, the output's folder if not given");
}

// "2,3" becomes "2" and "3".
std::vector<std::string> split_list(const std::vector<std::string>& values) {
  std::vector<std::string> parts;
  for (std::string_view rest : values) {
    while (!rest.empty()) {
      const size_t comma = std::min(rest.find(','), rest.size());
      if (comma > 0) parts.emplace_back(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return parts;
}

template <typename Parse>
auto parse_flag(std::string_view name, const std::optional<std::string>& text, Parse parse,
                std::string_view want) {
  const auto value = parse(*text);
  if (value) return *value;
  throw Error::usage(fmt::format("option -{}: got \"{}\", want {}", name, *text, want));
}

// A share that is more than 0, at most 1.
double parse_kept(const std::optional<std::string>& text) {
  const auto parse = [](std::string_view number) {
    const auto share = parse_real(number);
    return share && *share > 0 && *share <= 1 ? share : std::nullopt;
  };
  return text ? parse_flag("keep", text, parse, "a number above 0, at most 1") : 1;
}

// A share from 0 that is less than 1.
double parse_part(std::string_view name, const std::optional<std::string>& text) {
  const auto parse = [](std::string_view number) {
    const auto share = parse_real(number);
    return share && *share >= 0 && *share < 1 ? share : std::nullopt;
  };
  return text ? parse_flag(name, text, parse, "a number from 0, below 1") : 0;
}

std::optional<TableFormat> parse_format(std::string_view name) {
  for (const auto each : {TableFormat::kCsv, TableFormat::kTsv, TableFormat::kJsonLines}) {
    if (table_format_name(each) == name) return each;
  }
  return std::nullopt;
}

// The one of two words that `text` is: true for the first.
auto either(std::string_view first, std::string_view second) {
  return [=](std::string_view text) -> std::optional<bool> {
    if (text == first) return true;
    return text == second ? std::optional(false) : std::nullopt;
  };
}

void parse_recipe(const Flags& flags, Recipe& recipe) {
  if (flags.letter_case) {
    recipe.lower = parse_flag("case", flags.letter_case, either("lower", "keep"), "lower or keep");
  }
  if (flags.punctuation) {
    recipe.punctuation =
        parse_flag("punctuation", flags.punctuation, parse_punctuation, "split, fasttext or keep");
  }
  if (flags.quotes)
    recipe.quotes = parse_flag("quotes", flags.quotes, either("yes", "no"), "yes or no");
  if (flags.seed) recipe.seed = parse_flag("seed", flags.seed, parse_integer, "an integer");
  recipe.label_prefix = flags.label.value_or(recipe.label_prefix);
  recipe.label_separator = flags.label_separator.value_or("");
  recipe.label_columns = split_list(flags.label_columns);
  recipe.text_columns = split_list(flags.text_columns);
  recipe.header = flags.header;
  recipe.keep = parse_kept(flags.keep);
  recipe.split = parse_part("split", flags.split);
  recipe.shuffle = flags.shuffle;
}

PrepareOptions parse_options(const Flags& flags) {
  constexpr int64_t kMebibyte = 1 << 20;
  PrepareOptions options;
  options.input = flags.input;
  options.output = flags.output.value_or("");
  options.classes = flags.classes.value_or("");
  options.scratch_dir = flags.scratch_dir.value_or("");
  if (flags.format)
    options.format = parse_flag("format", flags.format, parse_format, "csv, tsv or jsonl");
  parse_recipe(flags, options.recipe);
  options.skip_bad = parse_part("skipBad", flags.skip_bad);
  options.thread = parse_threads(flags.thread);
  const auto parse_memory = [](std::string_view text) -> std::optional<int64_t> {
    const auto mebibytes = parse_integer(text);
    const bool good = mebibytes && *mebibytes >= 0 &&
                      *mebibytes <= std::numeric_limits<int64_t>::max() / kMebibyte;
    return good ? std::optional(*mebibytes * kMebibyte) : std::nullopt;
  };
  if (flags.memory)
    options.memory = parse_flag("memory", flags.memory, parse_memory, "an integer of at least 0");
  return options;
}

int prepare(const PrepareOptions& options) {
  PrepareLog log;
  PrepareJob job(options, log.listener());
  const StopSignals signals(job);
  PrepareReport report;
  try {
    report = job.run();
  } catch (...) {
    log.end_line();
    throw;
  }
  if (report.stopped) {
    log.end_line();
    print_error(fmt::format("{}: prepare was stopped, nothing was written",
                            stop_signal_name(signals.received())));
    return exit_code_of_signal(signals.received());
  }
  log.finish(report);
  return kExitDone;
}

}  // namespace

int run_prepare(VerbArgs args) {
  Flags flags;
  VerbArguments arguments("prepare", std::string(kDescription));
  declare_table(arguments, flags);
  declare_text(arguments, flags);
  declare_resources(arguments, flags);
  if (!arguments.parse(args)) return kExitDone;
  return prepare(parse_options(flags));
}

}  // namespace wordfire
