// What was read, for a person to check before training: the five lines of `--check`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wordfire {

struct CorpusReport {
  int64_t lines = 0;         // with at least one token besides the end of line
  int64_t blank_lines = 0;
  int64_t unlabelled_lines = 0;
  int64_t tokens = 0;
  int32_t words = 0;         // in the vocabulary
  int32_t labels = 0;
  std::vector<std::string> rare_labels;  // fewer than 10 examples, rarest first, at most 10
  int32_t rare_label_count = 0;
  int64_t duplicate_lines = 0;  // equal to an earlier line, label and text

  struct Validation {
    int64_t lines = 0;
    int64_t lines_in_training = 0;  // also in the training text
    int64_t tokens = 0;
    int64_t unknown_tokens = 0;  // words not in the vocabulary
    int64_t unknown_labels = 0;  // label tokens that training never saw
  };
  std::optional<Validation> validation;
};

// Five lines of text, each ending in '\n'.
[[nodiscard]] std::string format_corpus_report(const CorpusReport& report);

}  // namespace wordfire
