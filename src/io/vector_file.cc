#include "io/vector_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unordered_map>

#include "core/error.h"
#include "core/strict_number.h"
#include "io/byte_source.h"
#include "io/decompress.h"
#include "io/model_format.h"
#include "io/npy_file.h"
#include "io/projector_files.h"
#include "io/row_fault.h"
#include "io/vec_file.h"
#include "io/word2vec_binary.h"

namespace wordfire {
namespace {

// Enough for the first line of any real file.
constexpr size_t kHeadBytes = size_t{64} << 10;
// No number as text is longer.
constexpr size_t kMostNumberBytes = 48;

struct FormatName {
  VectorFormat format;
  std::string_view name;
  std::string_view cannot_hold;  // characters that would end a word
};
constexpr std::string_view kBlanks = " \r\n";
constexpr FormatName kFormats[] = {{VectorFormat::kWord2vecText, "word2vec-text", kBlanks},
                                   {VectorFormat::kWord2vecBinary, "word2vec-bin", kBlanks},
                                   {VectorFormat::kGlove, "glove", "\r\n"},
                                   {VectorFormat::kNpy, "npy", "\r\n"},
                                   {VectorFormat::kProjector, "projector", "\t\r\n"}};

// The file is opened again to be read, so what can be read only once will not do.
void refuse_pipe(const std::string& path) {
  std::error_code failure;
  const auto type = std::filesystem::status(path, failure).type();
  if (path == "-" || type == std::filesystem::file_type::fifo ||
      type == std::filesystem::file_type::character) {
    throw Error::no_input(path +
                          ": found a pipe or device, want a file of vectors; it may be compressed");
  }
}

std::string read_start(const std::string& path) {
  refuse_pipe(path);
  const std::unique_ptr<ByteSource> source = open_source(path);
  std::string head(kHeadBytes, '\0');
  size_t size = 0;
  while (size < head.size()) {
    const size_t got = source->read(std::span(head).subspan(size));
    if (got == 0) break;
    size += got;
  }
  head.resize(size);
  return head;
}

std::string_view take_until(std::string_view& text, char last) {
  const size_t end = std::min(text.find(last), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

// Up to the line end; of a line that goes on behind what was read, the fields that are whole.
std::string_view first_line(std::string_view text, bool is_cut) {
  const size_t end = text.find('\n');
  return text.substr(0, end == std::string_view::npos && is_cut ? text.rfind(' ') : end);
}

bool is_number_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || c == '+' || c == ',';
}

bool is_text_byte(char c) {
  return (c >= ' ' && c < '\x7f') || c == '\t' || c == '\r' || c == '\n';
}

// Whether numbers as text stand behind the first word, well or badly written; in the binary format
// the bytes of floats do, each of which may be any, a digit or a line end as well. dim numbers take
// 2 * dim - 1 bytes as text at least, and 4 * dim as floats.
bool has_text_numbers(std::string_view rows, size_t dim) {
  take_until(rows, ' ');
  const std::string_view number = rows.substr(0, rows.find_first_of(" \r\n"));
  if (number.size() > kMostNumberBytes || !std::ranges::all_of(number, is_number_character)) {
    return false;
  }
  const size_t line_end = std::min(rows.find('\n', 2 * dim - 1), rows.size());
  return std::ranges::all_of(rows.substr(0, std::min(line_end, 4 * dim)), is_text_byte);
}

// As many digits as anyone likes: that a size is too large is for the reader to say.
bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The second of the two sizes that `line` is, as far as a file can have it; nullopt for other
// lines.
std::optional<size_t> dim_of_head(std::string_view line) {
  if (!is_integer(take_until(line, ' '))) return std::nullopt;
  const std::string_view dim = take_until(line, ' ');
  if (!is_integer(dim) || !line.empty()) return std::nullopt;
  return static_cast<size_t>(std::clamp<int64_t>(parse_integer(dim).value_or(1), 1, kMostDim));
}

bool is_glove_line(std::string_view line) {
  while (line.ends_with(' ')) line.remove_suffix(1);
  const size_t blank = line.rfind(' ');
  return blank != std::string_view::npos && blank > 0 &&
         parse_number<double>(line.substr(blank + 1)).has_value();
}

bool starts_with_magic(std::string_view text) {
  int32_t magic = 0;
  std::memcpy(&magic, text.data(), std::min(text.size(), sizeof(magic)));
  return magic == kModelMagic;
}

// Models and arrays are mapped, so they must lie in the file as they are.
void refuse_compressed(const std::string& path, std::string_view what) {
  std::string head(kMagicBytes, '\0');
  std::ifstream(path).read(head.data(), static_cast<std::streamsize>(head.size()));
  if (tell_compression(head) == Compression::kNone) return;
  throw Error::model(
      fmt::format("{}: found a compressed {}, want it as it is; unpack it", path, what));
}

void check_words(const std::string& path, const std::vector<std::string>& words) {
  std::unordered_map<std::string_view, size_t> rows;
  rows.reserve(words.size());
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].find('\0') != std::string::npos) {
      throw Error::model(fmt::format("{}: row {}: found a NUL in the word {}, want text", path,
                                     i + 1, excerpt(words[i])));
    }
    const auto [at, is_new] = rows.emplace(words[i], i);
    if (is_new) continue;
    throw Error::model(fmt::format("{}: row {}: found {}, which row {} has, want each word once",
                                   path, i + 1, excerpt(words[i]), at->second + 1));
  }
}

const FormatName& name_of(VectorFormat format) {
  const auto* const found = std::ranges::find(kFormats, format, &FormatName::format);
  if (found == std::end(kFormats)) throw Error::usage("a fastText model is made by training alone");
  return *found;
}

void check_writable(const FormatName& format, int64_t rows,
                    const std::function<std::string_view(int64_t)>& word) {
  for (int64_t row = 0; row < rows; ++row) {
    const std::string_view text = word(row);
    // The blanks of GloVe's first line tell its readers how many numbers a word has.
    const bool counts = row == 0 && format.format == VectorFormat::kGlove;
    if (text.find_first_of(counts ? kBlanks : format.cannot_hold) == std::string_view::npos) {
      continue;
    }
    throw Error::data(
        fmt::format("word {} of row {}: holds a character that ends a word in the "
                    "format {}, want one without; choose another format",
                    excerpt(text), row + 1, format.name));
  }
}

}  // namespace

std::optional<VectorFormat> find_vector_format(std::string_view name) {
  const auto* const found = std::ranges::find(kFormats, name, &FormatName::name);
  if (found == std::end(kFormats)) return std::nullopt;
  return found->format;
}

std::optional<VectorFormat> format_of_name(std::string_view path) {
  if (path.ends_with(".vec") || path.ends_with(".txt")) return VectorFormat::kWord2vecText;
  if (path.ends_with(".bin")) return VectorFormat::kWord2vecBinary;
  if (path.ends_with(".npy")) return VectorFormat::kNpy;
  return std::nullopt;
}

VectorFormat tell_vector_format(const std::string& path) {
  const std::string start = read_start(path);
  if (starts_with_magic(start)) {
    refuse_compressed(path, "fastText model");
    return VectorFormat::kFasttextModel;
  }
  if (start.starts_with("\x93NUMPY")) {
    refuse_compressed(path, "array");
    return VectorFormat::kNpy;
  }
  std::string_view rest = start;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  std::string_view line = first_line(rest, start.size() == kHeadBytes);
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (const std::optional<size_t> dim = dim_of_head(line)) {
    return has_text_numbers(rest, *dim) ? VectorFormat::kWord2vecText
                                        : VectorFormat::kWord2vecBinary;
  }
  if (is_glove_line(line)) return VectorFormat::kGlove;
  throw Error::model(
      fmt::format("{}: found a file that begins with {}, want a fastText model, "
                  "word2vec's text or binary format, GloVe's text or NumPy's .npy",
                  path, excerpt(line)));
}

bool is_model_file(const std::string& path) {
  std::error_code none;
  return std::filesystem::is_regular_file(path, none) && starts_with_magic(read_start(path));
}

WordVectors read_word_vectors(const std::string& path) {
  const auto read = [&] {
    switch (tell_vector_format(path)) {
      case VectorFormat::kWord2vecBinary:
        return read_word2vec_binary(path);
      case VectorFormat::kGlove:
        return read_glove(path);
      case VectorFormat::kNpy:
        return read_npy(path);
      case VectorFormat::kFasttextModel:
        throw Error::model(path + ": found a fastText model, want a file of word vectors alone");
      default:
        return read_vec(path);
    }
  };
  WordVectors vectors = read();
  check_words(path, vectors.words);
  return vectors;
}

std::vector<std::string> vector_file_names(const std::string& path, VectorFormat format) {
  if (format == VectorFormat::kProjector) return projector_file_names(path);
  if (format == VectorFormat::kNpy) return {path, word_list_path(path)};
  return {path};
}

std::vector<std::string> save_word_vectors(const std::string& path, VectorFormat format,
                                           const RowSource& rows,
                                           const std::function<std::string_view(int64_t)>& word,
                                           int threads) {
  check_writable(name_of(format), rows.rows, word);
  if (format == VectorFormat::kProjector) return write_projector_files(path, rows, word);
  AtomicFile file(path);
  if (format == VectorFormat::kNpy) {
    AtomicFile list(word_list_path(path));
    write_npy(file, rows);
    write_word_list(list, rows.rows, word);
    const std::array<AtomicFile*, 2> both = {&file, &list};
    AtomicFile::commit_all(both);
    return {file.path(), list.path()};
  }
  if (format == VectorFormat::kWord2vecBinary) write_word2vec_binary(file, rows, word);
  if (format == VectorFormat::kWord2vecText) write_vec(file, rows, word, threads);
  if (format == VectorFormat::kGlove) write_glove(file, rows, word, threads);
  file.commit();
  return {file.path()};
}

}  // namespace wordfire
