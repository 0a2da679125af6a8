#include "io/word2vec_binary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/error.h"
#include "core/strict_number.h"
#include "io/byte_source.h"
#include "io/row_fault.h"

namespace wordfire {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 20;
constexpr size_t kMostHeadBytes = 64;
constexpr size_t kMostWordBytes = size_t{1} << 16;
constexpr int64_t kRowsAtOnce = 1024;

class BinaryParser {
 public:
  explicit BinaryParser(const std::string& path)
      : path_(path), source_(open_source(path)), buffer_(kBufferBytes) {}

  [[nodiscard]] WordVectors read() && {
    read_head();
    while (row_ < rows_) {
      read_word();
      read_values();
      ++row_;
    }
    skip_line_ends();
    if (has_more()) fail("more bytes", fmt::format("the end behind {} rows", rows_));
    return std::move(vectors_);
  }

 private:
  [[noreturn]] void fail(std::string_view found, std::string_view wanted) const {
    throw Error::model(fmt::format("{}: byte {} (row {}): found {}, want {}", path_, offset_,
                                   row_ + 1, found, wanted));
  }

  // Whether there is a byte at begin_; reads on where needed.
  [[nodiscard]] bool has_more() {
    if (begin_ < end_) return true;
    begin_ = 0;
    end_ = source_->read(buffer_);
    return end_ > 0;
  }

  [[nodiscard]] char next_byte(std::string_view wanted) {
    if (!has_more()) fail("the end of the file", fmt::format("{}; is the file cut short?", wanted));
    ++offset_;
    return buffer_[begin_++];
  }

  // The bytes before `last`, at most `most`.
  [[nodiscard]] std::string read_until(char last, size_t most, std::string_view wanted) {
    std::string text;
    for (char c = next_byte(wanted); c != last; c = next_byte(wanted)) {
      text += c;
      if (text.size() > most) fail(fmt::format("{} bytes of another kind", most), wanted);
    }
    return text;
  }

  void skip_line_ends() {
    for (; has_more() && buffer_[begin_] == '\n'; ++begin_) ++offset_;
  }

  void read_head() {
    constexpr std::string_view kWanted = "a first line \"ROWS DIM\"";
    std::string head = read_until('\n', kMostHeadBytes, kWanted);
    if (head.ends_with('\r')) head.pop_back();
    const size_t blank = std::min(head.find(' '), head.size());
    const std::optional<int64_t> rows = parse_integer(std::string_view(head).substr(0, blank));
    const std::optional<int64_t> dim =
        parse_integer(std::string_view(head).substr(std::min(blank + 1, head.size())));
    if (!rows || !dim || *rows < 0 || *rows > std::numeric_limits<int32_t>::max() || *dim < 1 ||
        *dim > kMostDim) {
      fail(excerpt(head),
           fmt::format("{}, with ROWS below 2^31 and DIM 1 to {}", kWanted, kMostDim));
    }
    rows_ = *rows;
    vectors_.dim = static_cast<int32_t>(*dim);
  }

  void read_word() {
    skip_line_ends();
    vectors_.words.push_back(read_until(' ', kMostWordBytes, "a word and a blank"));
    if (vectors_.words.back().empty()) fail("a row without a word", "a word and its numbers");
  }

  void read_values() {
    const size_t size = vectors_.values.size();
    vectors_.values.resize(size + static_cast<size_t>(vectors_.dim));
    const std::span<float> values = std::span(vectors_.values).subspan(size);
    copy_bytes(std::as_writable_bytes(values));
    const auto wrong = std::ranges::find_if(values, [](float x) { return !std::isfinite(x); });
    if (wrong == values.end()) return;
    fail(fmt::format("{} as number {} of {}", *wrong, wrong - values.begin() + 1,
                     excerpt(vectors_.words.back())),
         "a finite number");
  }

  void copy_bytes(std::span<std::byte> out) {
    while (!out.empty()) {
      if (!has_more()) {
        fail("the end of the file",
             fmt::format("{} numbers a word; is the file cut short?", vectors_.dim));
      }
      const size_t count = std::min(out.size(), end_ - begin_);
      std::memcpy(out.data(), buffer_.data() + begin_, count);
      begin_ += count;
      offset_ += count;
      out = out.subspan(count);
    }
  }

  const std::string& path_;
  std::unique_ptr<ByteSource> source_;
  std::vector<char> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  size_t offset_ = 0;  // of the file
  int64_t row_ = 0;
  int64_t rows_ = 0;
  WordVectors vectors_;
};

}  // namespace

WordVectors read_word2vec_binary(const std::string& path) { return BinaryParser(path).read(); }

void write_word2vec_binary(AtomicFile& file, const RowSource& rows,
                           const std::function<std::string_view(int64_t)>& word) {
  file.write(fmt::format("{} {}\n", rows.rows, rows.dim));
  const auto dim = static_cast<size_t>(rows.dim);
  std::vector<float> values;
  for (int64_t first = 0; first < rows.rows; first += kRowsAtOnce) {
    const int64_t count = std::min(kRowsAtOnce, rows.rows - first);
    values.resize(static_cast<size_t>(count) * dim);
    rows.copy(first, count, values.data());
    for (int64_t i = 0; i < count; ++i) {
      file.write(word(first + i));
      file.write(" ");
      file.write(std::as_bytes(std::span(values).subspan(static_cast<size_t>(i) * dim, dim)));
      file.write("\n");
    }
  }
}

}  // namespace wordfire
