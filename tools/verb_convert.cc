// convert: word vectors from any format that we read to any that we write.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/strict_number.h"
#include "exit_code.h"
#include "io/vector_file.h"
#include "open_words.h"
#include "scoring_arguments.h"
#include "standard_streams.h"
#include "verb_arguments.h"
#include "verbs.h"

namespace wordfire {
namespace {

constexpr std::string_view kDescription =
    "Writes word vectors in another format. The format of the input is told by its first bytes; of "
    "a model, a word's\n"
    "vector is written, its character n-grams added in.\n\n"
    "  word2vec-text  .vec, .txt   words and numbers as text behind a line \"ROWS DIM\": fastText, "
    "gensim, spaCy\n"
    "  word2vec-bin   .bin         the same in binary: word2vec, gensim\n"
    "  glove                       text without that line\n"
    "  npy            .npy         a NumPy array, float32, and NAME.words.txt with a word a line\n"
    "  projector                   a folder for TensorBoard's projector\n";

// More points than the projector shows well.
constexpr int64_t kProjectorWords = 10'000;

VectorFormat choose_format(const std::optional<std::string>& name, const std::string& output) {
  const auto format = name ? find_vector_format(*name) : format_of_name(output);
  if (format) return *format;
  constexpr std::string_view kNames = "word2vec-text, word2vec-bin, glove, npy or projector";
  if (name) throw Error::usage(fmt::format(R"(option -format: got "{}", want {})", *name, kNames));
  throw Error::usage(fmt::format(
      "{}: the name does not tell a format, want -format with {}, or a name in .vec, .txt, .bin or "
      ".npy",
      output, kNames));
}

int64_t parse_top(const std::optional<std::string>& text, VectorFormat format) {
  if (!text) {
    return format == VectorFormat::kProjector ? kProjectorWords
                                              : std::numeric_limits<int64_t>::max();
  }
  const std::optional<int64_t> top = parse_integer(*text);
  if (top && *top >= 1) return *top;
  throw Error::usage(fmt::format(R"(option -top: got "{}", want an integer of at least 1)", *text));
}

}  // namespace

int run_convert(VerbArgs args) {
  std::string input;
  std::string output;
  std::optional<std::string> format_text, top_text, thread_text;
  VerbArguments arguments("convert", std::string(kDescription));
  arguments.required("input", input, kWordsSentence);
  arguments.required("output", output, "the file, or the projector's folder");
  arguments.option("format", format_text, "a format above; not given: told by the output's name");
  arguments.option("top", top_text,
                   "the most frequent words alone; projector: 10000 if not given, others: all");
  arguments.option("thread", thread_text,
                   "threads; 0 or not given: as many as the process may use");
  if (!arguments.parse(args)) return kExitDone;
  const VectorFormat format = choose_format(format_text, output);
  const int64_t top = parse_top(top_text, format);
  const int threads = parse_threads(thread_text);
  const WordLookup words = open_words(input);
  const RowSource rows = {
      std::min<int64_t>(words.size(), top), words.dim(),
      [&](int64_t first, int64_t count, float* out) { words.copy_rows(first, count, out); }};
  const auto word = [&](int64_t i) { return words.word(static_cast<int32_t>(i)); };
  const auto paths = save_word_vectors(output, format, rows, word, threads);
  write_stderr(
      fmt::format("{} words of {} numbers: {}\n", rows.rows, rows.dim, fmt::join(paths, ", ")));
  return kExitDone;
}

}  // namespace wordfire
