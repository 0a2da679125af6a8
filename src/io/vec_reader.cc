#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include "core/error.h"
#include "io/line_blocks.h"
#include "io/row_fault.h"
#include "io/vec_file.h"

namespace wordfire {
namespace {

constexpr int64_t kMostDim = 1 << 20;

// One file, read line by line.
class VecParser {
 public:
  explicit VecParser(const std::string& path) : path_(path) {}

  void add_line(std::string_view line) {
    ++line_;
    // A number that is cut short looks like a number, so a line must be whole.
    if (!line.ends_with('\n')) fail("the end of the file", "a line end; is the file cut short?");
    line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line_ == 1 ? read_head(line) : read_row(line);
  }

  [[nodiscard]] WordVectors finish() && {
    if (line_ == 0) fail("an empty file", "\"ROWS DIM\"");
    if (rows() != wanted_rows_) {
      fail(fmt::format("the end after {} rows", rows()),
           fmt::format("{} rows, as the first line says; is the file cut short?", wanted_rows_));
    }
    return std::move(vectors_);
  }

 private:
  [[nodiscard]] int64_t rows() const { return static_cast<int64_t>(vectors_.words.size()); }

  [[noreturn]] void fail(std::string_view found, std::string_view wanted) const {
    throw Error::model(fmt::format("{}:{}: found {}, want {}", path_, line_, found, wanted));
  }

  // Cuts off and returns what stands before the first blank.
  static std::string_view next_field(std::string_view& line) {
    const size_t end = std::min(line.find(' '), line.size());
    const std::string_view field = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return field;
  }

  template <typename T>
  static bool parse(std::string_view text, T& value) {
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    return result.ec == std::errc() && result.ptr == end;
  }

  void read_head(std::string_view line) {
    const std::string_view rows = next_field(line);
    const std::string_view dim = next_field(line);
    const bool numbers = parse(rows, wanted_rows_) && parse(dim, vectors_.dim) && line.empty();
    if (!numbers || wanted_rows_ < 0 || vectors_.dim < 1 || vectors_.dim > kMostDim) {
      fail("a first line that is not two sizes",
           fmt::format("\"ROWS DIM\", with DIM 1 to {}", kMostDim));
    }
  }

  void read_row(std::string_view line) {
    if (rows() == wanted_rows_) {
      fail("another line", fmt::format("{} rows, as the first line says", wanted_rows_));
    }
    const std::string_view word = next_field(line);
    if (word.empty()) fail("a line without a word", "a word and its numbers");
    vectors_.words.emplace_back(word);
    for (int32_t i = 0; i < vectors_.dim; ++i) read_number(next_field(line), i);
    if (!line.empty()) fail("more numbers", fmt::format("{}", vectors_.dim));
  }

  void read_number(std::string_view text, int32_t column) {
    float value = 0;
    if (text.empty()) {
      fail(fmt::format("{} numbers", column), fmt::format("{}", vectors_.dim));
    }
    if (!parse(text, value) || !std::isfinite(value)) {
      fail(fmt::format("number {}, {}", column + 1, excerpt(text)), "a finite number");
    }
    vectors_.values.push_back(value);
  }

  const std::string& path_;
  int64_t line_ = 0;
  int64_t wanted_rows_ = 0;
  WordVectors vectors_;
};

}  // namespace

WordVectors read_vec(const std::string& path) {
  LineBlockReader reader({path});
  VecParser parser(path);
  for (LineBlock block; reader.next(block);) {
    for (std::string_view text = block.text(); !text.empty();) {
      const size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
      parser.add_line(text.substr(0, size));
      text.remove_prefix(size);
    }
  }
  return std::move(parser).finish();
}

}  // namespace wordfire
