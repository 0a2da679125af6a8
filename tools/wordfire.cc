// The program `wordfire`: finds the verb and runs it.
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/nearest_name.h"
#include "core/option_document.h"
#include "exit_code.h"
#include "program.h"
#include "standard_streams.h"
#include "verbs.h"

namespace wordfire {
namespace {

struct Verb {
  std::string_view name;
  int (*run)(VerbArgs args);
  std::string_view sentence;
};

constexpr Verb kVerbs[] = {
    {"supervised", run_supervised, "train a text classifier"},
    {"skipgram", run_skipgram, "train word vectors: a word predicts those around it"},
    {"cbow", run_cbow, "train word vectors: the words around a word predict it"},
    {"batch-skipgram", run_batch_skipgram, "train word vectors as skipgram, with larger products"},
    {"test", run_test, "score a classifier on labelled text"},
    {"test-label", run_test_label, "score it label by label"},
    {"predict", run_predict, "print the most likely labels of each line"},
    {"predict-prob", run_predict_prob, "print labels and probabilities"},
    {"print-sentence-vectors", run_print_sentence_vectors,
     "print the vector of each line of standard input"},
    {"print-word-vectors", run_print_word_vectors,
     "print the vector of each word of standard input"},
    {"print-ngrams", run_print_ngrams, "print a word's character n-grams and their vectors"},
    {"nn", run_nn, "print the nearest words of each word of standard input"},
    {"analogies", run_analogies, "print the words nearest to A - B + C"},
    {"evaluate", run_evaluate, "measure word vectors by pairs and analogies"},
    {"convert", run_convert, "write word vectors in another format"},
    {"dump", run_dump, "print arguments, dictionary or matrices of a model"},
    {"prepare", run_prepare, "turn CSV, TSV or JSON lines into training text"},
    {"verify", run_verify, "check every byte of a model"},
    {"serve", run_serve, "answer HTTP requests with a model"},
};

std::string usage() {
  std::string text = "usage: wordfire VERB ARGUMENTS...\n\n";
  for (const Verb& verb : kVerbs) text += fmt::format("  {:<24}{}\n", verb.name, verb.sentence);
  return text +
         "\n  wordfire VERB --help      what a verb takes\n"
         "  wordfire --version        the version\n"
         "  wordfire --options-markdown  the options of README.md\n";
}

bool asks_for_help(std::string_view arg) {
  return arg == "-h" || arg == "-help" || arg == "--help";
}

[[noreturn]] void refuse_verb(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Verb& verb : kVerbs) names.push_back(verb.name);
  const std::string_view nearest = nearest_name(name, names);
  const std::string advice =
      nearest.empty() ? "see wordfire --help" : fmt::format("did you mean {}?", nearest);
  throw Error::usage(fmt::format("verb \"{}\": there is none of this name; {}", name, advice));
}

int run_verb(std::string_view name, VerbArgs args) {
  if (name == "batch_skipgram") name = "batch-skipgram";  // BlazingText's spelling
  const auto* verb = std::ranges::find(kVerbs, name, &Verb::name);
  if (verb == std::end(kVerbs)) refuse_verb(name);
  const std::string help[] = {"--help"};
  return verb->run(std::ranges::any_of(args, asks_for_help) ? VerbArgs(help) : args);
}

int print(std::string_view text) {
  write_stdout(text);
  return kExitDone;
}

int run(std::span<const std::string> args) {
  if (args.empty()) {
    write_stderr(usage());
    return kExitNoVerb;
  }
  if (asks_for_help(args[0])) return print(usage());
  if (args[0] == "--version") return print("wordfire " WORDFIRE_VERSION "\n");
  if (args[0] == "--options-markdown") return print(options_markdown());
  return run_verb(args[0], args.subspan(1));
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) { return wordfire::run_main(argc, argv, wordfire::run); }
