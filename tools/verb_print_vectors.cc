// The verbs that print vectors: print-word-vectors, print-ngrams. Their output is fastText's.
#include <fmt/format.h>

#include <array>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/text_features.h"
#include "core/word_lookup.h"
#include "exit_code.h"
#include "io/decimal.h"
#include "json_text.h"
#include "line_workers.h"
#include "open_model.h"
#include "open_words.h"
#include "scoring_arguments.h"
#include "standard_streams.h"
#include "verb_arguments.h"
#include "verbs.h"

namespace wordfire {
namespace {

// What a thread needs to look words up.
struct WordPrinter {
  LineFeatures line;
  WordLookup::Scratch scratch;
  std::vector<float> vector;
};

void append_numbers(std::span<const float> vector, std::string& out) {
  std::array<char, kDecimalBytes> number{};
  for (const float value : vector) {
    out.append(number.data(), write_decimal(value, number.data()));
    out += ' ';
  }
}

void append_text(std::string_view word, std::span<const float> vector, std::string& out) {
  out.append(word).push_back(' ');
  append_numbers(vector, out);
  out += '\n';
}

// {"vector":[0.5,...],"word":"x"}, as BlazingText answers.
void append_json(std::string_view word, std::span<const float> vector, std::string& out) {
  fmt::format_to(std::back_inserter(out), R"({{"vector":[{}],"word":{}}})", fmt::join(vector, ","),
                 json_string(word));
  out += '\n';
}

}  // namespace

int run_print_word_vectors(VerbArgs args) {
  std::string path;
  std::optional<std::string> thread_text;
  bool json = false;
  VerbArguments arguments("print-word-vectors",
                          "Prints the vector of each word of standard input.");
  arguments.required("model", path, kWordsSentence);
  arguments.option("thread", thread_text,
                   "threads; 0 or not given: as many as the process may use");
  arguments.toggle("json", json, "print JSON");
  if (!arguments.parse(args)) return kExitDone;
  const int threads = parse_threads(thread_text);
  const WordLookup words = open_words(path);
  std::vector<WordPrinter> printers(static_cast<size_t>(threads));
  const auto print_words = [&](int worker, std::string_view text, std::string& out) {
    WordPrinter& printer = printers[static_cast<size_t>(worker)];
    printer.vector.resize(static_cast<size_t>(words.dim()));
    if (text.ends_with('\n')) text.remove_suffix(1);
    split_line(text, printer.line);
    for (const std::string_view word : printer.line.tokens) {
      words.copy_vector(word, printer.scratch, printer.vector.data());
      (json ? append_json : append_text)(word, printer.vector, out);
    }
  };
  map_lines("-", threads, print_words, write_stdout);
  return kExitDone;
}

int run_print_ngrams(VerbArgs args) {
  std::string path;
  std::string word;
  VerbArguments arguments("print-ngrams",
                          "Prints a word's character n-grams and their vectors; the word itself "
                          "first, if the model knows it.");
  arguments.required("model", path, "the model, .bin or .ftz");
  arguments.required("word", word, "any word");
  if (!arguments.parse(args)) return kExitDone;
  std::string out;
  for (const NgramVector& ngram : ngram_vectors(*open_model(path), word)) {
    append_text(ngram.text, ngram.vector, out);
  }
  write_stdout(out);
  return kExitDone;
}

}  // namespace wordfire
