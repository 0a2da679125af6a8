#include "train/corpus_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/dictionary.h"
#include "train/line_set.h"
#include "train/text_counter.h"
#include "train/validation.h"

namespace wordfire {
namespace {

constexpr int64_t kRare = 10;  // a label with fewer examples
constexpr size_t kRareListed = 10;

void describe_labels(const Dictionary& dictionary, CorpusReport& report) {
  report.words = dictionary.nwords();
  report.labels = dictionary.nlabels();
  // Labels stand in order of falling count.
  for (int32_t label = dictionary.nlabels() - 1; label >= 0; --label) {
    if (dictionary.count(dictionary.nwords() + label) >= kRare) break;
    ++report.rare_label_count;
    if (report.rare_labels.size() < kRareListed) {
      report.rare_labels.emplace_back(dictionary.label(label));
    }
  }
}

void describe_duplicates(const CountedText& text, LineSet& seen, CorpusReport& report) {
  int64_t duplicates = 0;
  for (const CountedBlock& block : text.blocks) {
    for (const uint64_t hash : block.line_hash) {
      if (hash != 0 && seen.keeps(hash) && seen.insert(hash)) ++duplicates;
    }
  }
  report.duplicate_lines = duplicates * seen.share();
}

void describe_validation(const ValidationText& validation, const LineSet& training,
                         CorpusReport& report) {
  ValidationReport& part = report.validation.emplace();
  part.lines = validation.lines;
  part.words = validation.words;
  part.unknown_words = validation.unknown_words;
  part.unknown_labels = validation.unknown_labels;
  if (!report.duplicate_lines) return;  // the lines of the training text are not known
  const auto& hashes = validation.line_hashes;
  part.lines_in_training =
      training.share() * std::count_if(hashes.begin(), hashes.end(), [&](uint64_t hash) {
        return training.keeps(hash) && training.contains(hash);
      });
}

std::string format_validation(const std::optional<ValidationReport>& validation) {
  if (!validation) return "Validation: none\n";
  const double unknown = validation->words == 0
                             ? 0.0
                             : 100.0 * static_cast<double>(validation->unknown_words) /
                                   static_cast<double>(validation->words);
  const std::string shared =
      validation->lines_in_training
          ? fmt::format(", {} of them also in the training text", *validation->lines_in_training)
          : "";
  return fmt::format("Validation: {} lines{}; {:.1f} % of words and {} labels unknown\n",
                     validation->lines, shared, unknown, validation->unknown_labels);
}

}  // namespace

CorpusReport describe_corpus(const CountedText& text, const Dictionary& dictionary,
                             int64_t examples, const ValidationText* validation) {
  CorpusReport report;
  report.tokens = text.tokens;
  report.lines = text.lines - text.blank_lines;
  report.blank_lines = text.blank_lines;
  describe_labels(dictionary, report);
  LineSet seen(text.storage ? text.lines : 0);
  if (text.storage) {
    describe_duplicates(text, seen, report);
    report.unused_lines = report.lines - examples;
  }
  if (validation != nullptr) describe_validation(*validation, seen, report);
  return report;
}

std::string format_corpus_report(const CorpusReport& report) {
  std::string rare = "none with fewer than 10 examples";
  if (report.rare_label_count > 0) {
    rare = fmt::format("{} with fewer than 10 examples ({}{})", report.rare_label_count,
                       fmt::join(report.rare_labels, " "),
                       report.rare_label_count > static_cast<int64_t>(kRareListed) ? " ..." : "");
  }
  const std::string unused =
      report.unused_lines ? fmt::format(", {} without a label or a word", *report.unused_lines)
                          : "";
  const std::string duplicates =
      report.duplicate_lines
          ? fmt::format("{} lines equal an earlier line", *report.duplicate_lines)
          : "not looked for, since the text is not held as a whole";
  return fmt::format(
             "Lines:      {} ({} blank{}), {} tokens\n"
             "Labels:     {}, {}\n"
             "Words:      {} in the vocabulary\n"
             "Duplicates: {}\n",
             report.lines + report.blank_lines, report.blank_lines, unused, report.tokens,
             report.labels, rare, report.words, duplicates) +
         format_validation(report.validation);
}

}  // namespace wordfire
