#include "train/text_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

#include "core/error.h"
#include "io/row_fault.h"

namespace wordfire {
namespace {

void check_labels(const Options& options, const CountedText& text, const Dictionary& dictionary) {
  if (dictionary.nlabels() == 0) {
    throw Error::data(
        fmt::format("{}: no label among {} tokens, want lines like \"{}name some words\"; "
                    "set -label if the prefix is another one, lower -minCountLabel if it is "
                    "set",
                    names_of_input(options), text.tokens, options.label));
  }
  if (dictionary.nlabels() == 1) {
    throw Error::data(fmt::format("{}: one label only (\"{}\"), want at least two to tell apart",
                                  names_of_input(options), dictionary.label(0)));
  }
}

// How a text may come to have more words.
std::string_view more_words(const Options& options) {
  return options.args.min_count > 1 ? "lower -minCount"
                                    : "give text with more words; labels are none";
}

// A word predicts others, so there must be others.
void check_words(const Options& options, const Dictionary& dictionary) {
  if (dictionary.nwords() > 1) return;
  throw Error::data(
      fmt::format("{}: one word only ({}) that occurs at least {} times, want at least two to tell "
                  "apart; {}",
                  names_of_input(options), excerpt(dictionary.text(0)), options.args.min_count,
                  more_words(options)));
}

}  // namespace

std::string names_of_input(const Options& options) {
  return fmt::format("{}", fmt::join(options.input, ", "));
}

void check_vocabulary(const Options& options, const CountedText& text,
                      const Vocabulary& vocabulary) {
  const bool is_classifier = options.args.model == ModelKind::kSupervised;
  if (text.lines == text.blank_lines) {
    throw Error::data(
        is_classifier ? fmt::format("{}: no text, want lines like \"{}name some words\"",
                                    names_of_input(options), options.label)
                      : fmt::format("{}: no text, want lines of words", names_of_input(options)));
  }
  const Dictionary& dictionary = vocabulary.dictionary;
  if (is_classifier) check_labels(options, text, dictionary);
  if (dictionary.nwords() == 0) {
    throw Error::data(fmt::format("{}: no word is left of {} tokens; {}", names_of_input(options),
                                  text.tokens, more_words(options)));
  }
  if (!is_classifier) check_words(options, dictionary);
}

void check_label_names(const Options& options, const CountedText& text) {
  for (const VocabularyCounter& counter : text.counters) {
    for (int32_t id = 0; id < counter.size(); ++id) {
      if (counter.text(id) != options.label) continue;
      throw Error::data(fmt::format(R"({}: label "{}" has no name; write "{}x")",
                                    text.describe(counter.first_place(id)), options.label,
                                    options.label));
    }
  }
}

}  // namespace wordfire
