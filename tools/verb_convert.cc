// convert: word vectors, or training text, from any format that we read to any that we write.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "convert_text.h"
#include "core/error.h"
#include "core/option_value.h"
#include "core/strict_number.h"
#include "exit_code.h"
#include "io/npy_file.h"
#include "io/overwriting.h"
#include "io/text_encoder.h"
#include "io/vector_file.h"
#include "open_words.h"
#include "scoring_arguments.h"
#include "standard_streams.h"
#include "verb_arguments.h"
#include "verbs.h"

namespace wordfire {
namespace {

constexpr std::string_view kDescription =
    "Writes word vectors, or training text, in another format.\n\n"
    "Word vectors: the format of the input is told by its first bytes; of a model, a word's vector "
    "is "
    "written, its\n"
    "character n-grams added in.\n"
    "  word2vec-text  .vec, .txt   words and numbers as text behind a line \"ROWS DIM\": fastText, "
    "gensim, spaCy\n"
    "  word2vec-bin   .bin         the same in binary: word2vec, gensim\n"
    "  glove                       text without that line\n"
    "  npy            .npy         a NumPy array, float32, and NAME.words.txt with a word a line\n"
    "  projector                   a folder for TensorBoard's projector\n\n"
    "Training text: the input is all that -input of training reads; the output may be - as well.\n"
    "  text                        a line an example, the labels in front\n"
    "  jsonlines          .jsonl   {\"source\": text, \"label\": label or labels}, an object a "
    "line\n"
    "  recordio                    RecordIO, a line of text a record\n"
    "  recordio-protobuf           RecordIO, an aialgs.data.Record a record\n"
    "  augmented-manifest          RecordIO, a record with the text, one with its label or labels, "
    "...\n";

// What the command line says; empty where it says nothing.
struct ConvertFlags {
  std::string input;
  std::string output;
  std::optional<std::string> format, top, thread, from, label;
};

// More points than the projector shows well.
constexpr int64_t kProjectorWords = 10'000;

VectorFormat choose_format(const std::optional<std::string>& name, const std::string& output) {
  const auto format = name ? find_vector_format(*name) : format_of_name(output);
  if (format) return *format;
  constexpr std::string_view kNames =
      "word2vec-text, word2vec-bin, glove, npy or projector, or of text: text, jsonlines, "
      "recordio, "
      "recordio-protobuf or augmented-manifest";
  if (name) throw Error::usage(fmt::format(R"(option -format: got "{}", want {})", *name, kNames));
  throw Error::usage(fmt::format(
      "{}: the name does not tell a format, want -format with {}, or a name in .vec, .txt, .bin, "
      ".npy or .jsonl",
      output, kNames));
}

int64_t parse_top(const std::optional<std::string>& text, VectorFormat format) {
  if (!text) {
    return format == VectorFormat::kProjector ? kProjectorWords
                                              : std::numeric_limits<int64_t>::max();
  }
  const std::optional<int64_t> top = parse_integer(*text);
  if (top && *top >= 1) return *top;
  throw Error::usage(fmt::format(R"(option -top: got "{}", want an integer from 1 to {})", *text,
                                 std::numeric_limits<int64_t>::max()));
}

// The format of text to write; none where word vectors are meant.
std::optional<InputFormat> text_format(const ConvertFlags& flags) {
  const auto format =
      flags.format ? find_input_format(*flags.format) : text_format_of_name(flags.output);
  return format == InputFormat::kAuto ? std::nullopt : format;
}

InputFormat parse_from(const std::optional<std::string>& name) {
  if (!name) return InputFormat::kAuto;
  if (const auto format = find_input_format(*name)) return *format;
  throw Error::usage(fmt::format(
      "option -from: got \"{}\", want auto, text, jsonlines, recordio, recordio-protobuf or "
      "augmented-manifest",
      *name));
}

void refuse_option(const std::optional<std::string>& value, std::string_view name,
                   std::string_view whose, std::string_view format) {
  if (!value) return;
  throw Error::usage(
      fmt::format("option -{}: it is for {}, and {} is written", name, whose, format));
}

int convert_lines(const ConvertFlags& flags, InputFormat format) {
  const std::string_view name = input_format_name(format);
  refuse_option(flags.top, "top", "word vectors", name);
  refuse_option(flags.thread, "thread", "word vectors", name);
  TextConversion conversion;
  conversion.input = flags.input;
  conversion.output = flags.output;
  conversion.from = parse_from(flags.from);
  conversion.to = format;
  if (flags.label) conversion.label_prefix = *flags.label;
  const int64_t lines = convert_text(conversion);
  write_stderr(fmt::format("{} lines as {}: {}\n", lines, name, flags.output));
  return kExitDone;
}

// A file of vectors is made of what is lost with its input, or with a model: n-grams, output
// vectors, digits.
void check_output(const ConvertFlags& flags, VectorFormat format) {
  if (flags.output == "-") {
    throw Error::usage("-: found standard output, want the name of a file of word vectors");
  }
  const std::vector<std::string> inputs = {flags.input, word_list_path(flags.input)};
  const std::vector<std::string> outputs = vector_file_names(flags.output, format);
  refuse_overwriting(inputs, outputs);
  for (const std::string& output : outputs) {
    if (!is_model_file(output)) continue;
    throw Error::cannot_create(
        output +
        ": found a fastText model, which word vectors are not to replace; want another "
        "name, or remove it first");
  }
}

int convert_vectors(const ConvertFlags& flags) {
  const VectorFormat format = choose_format(flags.format, flags.output);
  refuse_option(flags.from, "from", "training text", "a file of word vectors");
  refuse_option(flags.label, "label", "training text", "a file of word vectors");
  const int64_t top = parse_top(flags.top, format);
  const int threads = parse_threads(flags.thread);
  check_output(flags, format);
  const WordLookup words = open_words(flags.input);
  const RowSource rows = {
      std::min<int64_t>(words.size(), top), words.dim(),
      [&](int64_t first, int64_t count, float* out) { words.copy_rows(first, count, out); }};
  const auto word = [&](int64_t i) { return words.word(static_cast<int32_t>(i)); };
  const auto paths = save_word_vectors(flags.output, format, rows, word, threads);
  write_stderr(
      fmt::format("{} words of {} numbers: {}\n", rows.rows, rows.dim, fmt::join(paths, ", ")));
  return kExitDone;
}

}  // namespace

int run_convert(VerbArgs args) {
  ConvertFlags flags;
  VerbArguments arguments("convert", std::string(kDescription));
  arguments.required("input", flags.input, "a model or word vectors; or training text");
  arguments.required("output", flags.output, "the file, or the projector's folder");
  arguments.option("format", flags.format, "a format above; not given: told by the output's name");
  arguments.option("top", flags.top,
                   "vectors: the most frequent words alone; projector: 10000 if not given, others: "
                   "all");
  arguments.option("thread", flags.thread,
                   "vectors: threads; 0 or not given: as many as the process may use");
  arguments.option("from", flags.from,
                   "text: the format of the input; auto or not given: told by its first bytes");
  arguments.option("label", flags.label, "text: how a label begins; not given: __label__");
  if (!arguments.parse(args)) return kExitDone;
  const std::optional<InputFormat> text = text_format(flags);
  return text ? convert_lines(flags, *text) : convert_vectors(flags);
}

}  // namespace wordfire
