#include "io/npy_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "core/ascii_text.h"
#include "core/error.h"
#include "core/strict_number.h"
#include "io/field_reader.h"
#include "io/mapped_file.h"
#include "io/row_fault.h"
#include "io/text_lines.h"

namespace wordfire {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kHeadAlignment = 64;  // of the first number in the file
constexpr int64_t kRowsAtOnce = 1024;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The value of `key` in the head, a Python dictionary: up to `last`, blanks around it cut off.
std::string_view value_of(std::string_view head, std::string_view key, char last) {
  const size_t at = head.find(key);
  if (at == std::string_view::npos) return {};
  std::string_view rest = trimmed(head.substr(at + key.size()));
  if (!rest.starts_with(':')) return {};
  rest.remove_prefix(1);
  return trimmed(rest.substr(0, rest.find(last)));
}

struct Shape {
  int64_t rows = 0;
  int64_t dim = 0;
};

// "(ROWS, DIM" as two sizes.
std::optional<Shape> parse_shape(std::string_view text) {
  const size_t comma = text.find(',');
  if (!text.starts_with('(') || comma == std::string_view::npos) return std::nullopt;
  const std::optional<int64_t> rows = parse_integer(trimmed(text.substr(1, comma - 1)));
  const std::optional<int64_t> dim = parse_integer(trimmed(text.substr(comma + 1)));
  if (!rows || !dim || *rows < 0 || *rows > std::numeric_limits<int32_t>::max() || *dim < 1 ||
      *dim > kMostDim) {
    return std::nullopt;
  }
  return Shape{*rows, *dim};
}

std::string_view read_head(FieldReader& reader) {
  if (text_of(reader.take("magic", kMagic.size())) != kMagic) {
    reader.fail("magic", 0, "other bytes", R"("\x93NUMPY")");
  }
  const auto version = reader.read_in<uint8_t>("version", 1, 3);
  static_cast<void>(reader.read_in<uint8_t>("minor version", 0, 0));
  const int64_t size = version == 1 ? int64_t{reader.read<uint16_t>("head size")}
                                    : int64_t{reader.read<uint32_t>("head size")};
  return text_of(reader.take("head", size));
}

Shape read_shape(FieldReader& reader) {
  const std::string_view head = read_head(reader);
  const int64_t at = reader.offset() - static_cast<int64_t>(head.size());
  const std::string_view type = value_of(head, "'descr'", ',');
  if (type != "'<f4'") {
    reader.fail("descr", at, excerpt(type), "'<f4'; save the array with astype(numpy.float32)");
  }
  const std::string_view order = value_of(head, "'fortran_order'", ',');
  if (order != "False") {
    reader.fail("fortran_order", at, excerpt(order),
                "False; save the array with numpy.ascontiguousarray");
  }
  const std::string_view text = value_of(head, "'shape'", ')');
  const std::optional<Shape> shape = parse_shape(text);
  if (!shape) {
    reader.fail("shape", at, excerpt(text),
                fmt::format("(WORDS, DIM), with WORDS below 2^31 and DIM 1 to {}", kMostDim));
  }
  return *shape;
}

void check_finite(const FieldReader& reader, const std::vector<float>& values, int64_t begin) {
  const auto wrong = std::ranges::find_if(values, [](float x) { return !std::isfinite(x); });
  if (wrong == values.end()) return;
  const int64_t index = wrong - values.begin();
  reader.fail({"number", "the array", index}, begin + index * int64_t{sizeof(float)},
              fmt::format("{}", *wrong), "a finite number");
}

std::vector<float> read_values(FieldReader& reader, const Shape& shape) {
  const int64_t begin = reader.offset();
  const auto bytes = reader.take("array", shape.rows * shape.dim * int64_t{sizeof(float)});
  if (reader.left() > 0) {
    reader.fail("array", reader.offset(), "more bytes",
                fmt::format("the end behind {} rows of {} numbers", shape.rows, shape.dim));
  }
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  check_finite(reader, values, begin);
  return values;
}

std::vector<std::string> read_word_list(const std::string& path, int64_t wanted) {
  std::vector<std::string> words;
  for_each_line(path, [&](std::string_view line, int64_t number) {
    if (line.empty()) {
      throw Error::model(fmt::format("{}:{}: found an empty line, want a word", path, number));
    }
    words.emplace_back(line);
  });
  if (static_cast<int64_t>(words.size()) != wanted) {
    throw Error::model(fmt::format("{}: found {} words, want {}, one a row of the array", path,
                                   words.size(), wanted));
  }
  return words;
}

}  // namespace

std::string word_list_path(const std::string& npy_path) {
  const size_t end = npy_path.ends_with(".npy") ? npy_path.size() - 4 : npy_path.size();
  return npy_path.substr(0, end) + ".words.txt";
}

WordVectors read_npy(const std::string& path) {
  const MappedFile file(path);
  FieldReader reader(path, file.bytes());
  const Shape shape = read_shape(reader);
  WordVectors vectors{static_cast<int32_t>(shape.dim), {}, read_values(reader, shape)};
  vectors.words = read_word_list(word_list_path(path), shape.rows);
  return vectors;
}

void write_npy(AtomicFile& file, const RowSource& rows) {
  std::string head = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}",
                                 rows.rows, rows.dim);
  const size_t before = kMagic.size() + 2 + sizeof(uint16_t);
  const size_t size = (before + head.size() + kHeadAlignment) / kHeadAlignment * kHeadAlignment;
  head.resize(size - before - 1, ' ');
  head += '\n';
  file.write(kMagic);
  file.write(std::string_view("\x01\x00", 2));
  file.write_value(static_cast<uint16_t>(head.size()));
  file.write(head);
  std::vector<float> values;
  for (int64_t first = 0; first < rows.rows; first += kRowsAtOnce) {
    const int64_t count = std::min(kRowsAtOnce, rows.rows - first);
    values.resize(static_cast<size_t>(count * rows.dim));
    rows.copy(first, count, values.data());
    file.write(std::as_bytes(std::span(values)));
  }
}

void write_word_list(AtomicFile& file, int64_t count,
                     const std::function<std::string_view(int64_t)>& word) {
  for (int64_t i = 0; i < count; ++i) {
    file.write(word(i));
    file.write("\n");
  }
}

}  // namespace wordfire
