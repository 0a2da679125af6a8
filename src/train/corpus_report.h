// What was read, for a person to check before training: the five lines of `--check`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wordfire {

class Dictionary;
struct CountedText;
struct ValidationText;

// What was read of the validation text.
struct ValidationReport {
  int64_t lines = 0;
  std::optional<int64_t> lines_in_training;  // also in the training text
  int64_t words = 0;                         // tokens that are not labels
  int64_t unknown_words = 0;
  int64_t unknown_labels = 0;  // label tokens that training never saw
};

struct CorpusReport {
  int64_t lines = 0;  // that are not blank
  int64_t blank_lines = 0;
  // Not blank, but without a label or without a word: not trained on.
  std::optional<int64_t> unused_lines;
  int64_t tokens = 0;  // labels and ends of line included
  int32_t words = 0;   // in the vocabulary
  int32_t labels = 0;
  int64_t rare_label_count = 0;            // labels with fewer than 10 examples
  std::vector<std::string> rare_labels;    // rarest first, at most 10
  std::optional<int64_t> duplicate_lines;  // equal to an earlier line, label and text
  std::optional<ValidationReport> validation;
};

// examples: the lines that are trained on. Of a text that is not kept, what has no value is not
// known, and the lines that validation and training share count as none. validation: null for none.
// Beyond 8 million lines the counts of duplicates are estimates.
[[nodiscard]] CorpusReport describe_corpus(const CountedText& text, const Dictionary& dictionary,
                                           int64_t examples, const ValidationText* validation);

// Five lines of text, each ending in '\n'.
[[nodiscard]] std::string format_corpus_report(const CorpusReport& report);

}  // namespace wordfire
