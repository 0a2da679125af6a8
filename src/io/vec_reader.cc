#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/strict_number.h"
#include "io/line_blocks.h"
#include "io/row_fault.h"
#include "io/vec_file.h"

namespace wordfire {
namespace {

// Cuts off and returns what stands before the first blank.
std::string_view next_field(std::string_view& line) {
  const size_t end = std::min(line.find(' '), line.size());
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return field;
}

// Where the last `count` fields of `line` begin, or 0 where there are fewer.
size_t find_last_fields(std::string_view line, int32_t count) {
  size_t begin = line.size() + 1;
  for (int32_t i = 0; i < count && begin > 0; ++i) {
    const size_t blank = begin < 2 ? std::string_view::npos : line.rfind(' ', begin - 2);
    begin = blank == std::string_view::npos ? 0 : blank + 1;
  }
  return begin;
}

// Other programs write what they have as doubles: what is too small for a float is 0, or nearly.
std::optional<float> parse_float(std::string_view text) {
  if (const std::optional<float> value = parse_number<float>(text)) {
    return std::isfinite(*value) ? value : std::nullopt;
  }
  const std::optional<double> value = parse_real(text);
  return value && std::abs(*value) < 1 ? std::optional(static_cast<float>(*value)) : std::nullopt;
}

// One file, read line by line.
class VecParser {
 public:
  explicit VecParser(const std::string& path) : path_(path) {}
  virtual ~VecParser() = default;

  void add_line(std::string_view line) {
    ++line_;
    // A number that is cut short looks like a number, so a line must be whole.
    if (!line.ends_with('\n')) fail("the end of the file", "a line end; is the file cut short?");
    line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    read_line(line);
  }

  [[nodiscard]] WordVectors finish() {
    check_end();
    return std::move(vectors_);
  }

 protected:
  virtual void read_line(std::string_view line) = 0;
  virtual void check_end() const = 0;

  [[nodiscard]] bool at_first_line() const { return line_ == 1; }
  [[nodiscard]] bool is_empty() const { return line_ == 0; }
  [[nodiscard]] int64_t rows() const { return static_cast<int64_t>(vectors_.words.size()); }
  [[nodiscard]] int32_t dim() const { return vectors_.dim; }
  void set_dim(int32_t dim) { vectors_.dim = dim; }

  [[noreturn]] void fail(std::string_view found, std::string_view wanted) const {
    throw Error::model(fmt::format("{}:{}: found {}, want {}", path_, line_, found, wanted));
  }

  void read_row(std::string_view word, std::string_view numbers) {
    if (word.empty()) fail("a line without a word", "a word and its numbers");
    vectors_.words.emplace_back(word);
    for (int32_t i = 0; i < dim(); ++i) read_number(next_field(numbers), i);
    if (!numbers.empty()) fail("more numbers", fmt::format("{}", dim()));
  }

 private:
  void read_number(std::string_view text, int32_t column) {
    if (text.empty()) fail(fmt::format("{} numbers", column), fmt::format("{}", dim()));
    const std::optional<float> value = parse_float(text);
    if (!value) {
      fail(fmt::format("number {}, {}", column + 1, excerpt(text)), "a finite number");
    }
    vectors_.values.push_back(*value);
  }

  const std::string& path_;
  int64_t line_ = 0;
  WordVectors vectors_;
};

class HeadedParser : public VecParser {
 public:
  using VecParser::VecParser;

 private:
  void read_line(std::string_view line) override {
    if (at_first_line()) return read_head(line);
    if (rows() == wanted_rows_) {
      fail("another line", fmt::format("{} rows, as the first line says", wanted_rows_));
    }
    const std::string_view word = next_field(line);
    read_row(word, line);
  }

  void read_head(std::string_view line) {
    const std::optional<int64_t> rows = parse_number<int64_t>(next_field(line));
    const std::optional<int32_t> dim = parse_number<int32_t>(next_field(line));
    if (!rows || !dim || !line.empty() || *rows < 0 || *dim < 1 || *dim > kMostDim) {
      fail("a first line that is not two sizes",
           fmt::format("\"ROWS DIM\", with DIM 1 to {}", kMostDim));
    }
    wanted_rows_ = *rows;
    set_dim(*dim);
  }

  void check_end() const override {
    if (is_empty()) fail("an empty file", "\"ROWS DIM\"");
    if (rows() == wanted_rows_) return;
    fail(fmt::format("the end after {} rows", rows()),
         fmt::format("{} rows, as the first line says; is the file cut short?", wanted_rows_));
  }

  int64_t wanted_rows_ = 0;
};

class GloveParser : public VecParser {
 public:
  using VecParser::VecParser;

 private:
  void read_line(std::string_view line) override {
    while (line.ends_with(' ')) line.remove_suffix(1);
    if (at_first_line()) set_dim(count_numbers(line));
    const size_t numbers = find_last_fields(line, dim());
    if (numbers == 0) fail("too few fields", fmt::format("a word and {} numbers", dim()));
    read_row(line.substr(0, numbers - 1), line.substr(numbers));
  }

  [[nodiscard]] int32_t count_numbers(std::string_view line) const {
    const int64_t blanks = std::count(line.begin(), line.end(), ' ');
    if (blanks >= 1 && blanks <= kMostDim) return static_cast<int32_t>(blanks);
    fail(fmt::format("a first line with {} numbers", blanks), fmt::format("1 to {}", kMostDim));
  }

  void check_end() const override {
    if (is_empty()) fail("an empty file", "a word and its numbers");
  }
};

WordVectors read_lines(const std::string& path, VecParser& parser) {
  LineBlockReader reader({path});
  for (LineBlock block; reader.next(block);) {
    for (std::string_view text = block.text(); !text.empty();) {
      const size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
      parser.add_line(text.substr(0, size));
      text.remove_prefix(size);
    }
  }
  return parser.finish();
}

}  // namespace

WordVectors read_vec(const std::string& path) {
  HeadedParser parser(path);
  return read_lines(path, parser);
}

WordVectors read_glove(const std::string& path) {
  GloveParser parser(path);
  return read_lines(path, parser);
}

}  // namespace wordfire
