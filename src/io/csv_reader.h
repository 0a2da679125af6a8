// Comma- and TAB-separated text: RFC 4180, strict where a guess would lose data. Lines end in LF or
// CRLF.
//
//   record = field *(delimiter field) (LF / CRLF / end of text)
//   field  = '"' *(any byte but '"' / '""') '"'  /  *(any byte but delimiter and LF)
//
// A quote inside a field that does not begin with one is an ordinary character. What follows a
// closing quote must be a delimiter or the end of the record. A CR that is not before LF is an
// ordinary character.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/row_fault.h"

namespace wordfire {

struct CsvDialect {
  char delimiter = ',';
  bool quotes = true;  // false: '"' is an ordinary character everywhere, and each line is a record
};

// A longer field or record is refused: behind it stands a quote that was never closed.
inline constexpr size_t kMaxFieldBytes = size_t{16} << 20;
inline constexpr size_t kMaxRecordBytes = size_t{32} << 20;

struct RecordEnd {
  static constexpr size_t kNone = std::string_view::npos;
  size_t end = kNone;         // one past the record's LF; kNone: it ends behind `text`
  size_t open_quote = kNone;  // with end == kNone: where a quoted field began that is still open
};

// Where the first record of `text` ends. Reads each byte at most twice.
[[nodiscard]] RecordEnd find_record_end(std::string_view text, const CsvDialect& dialect);

// The fields of one record; the views live until the next parse() and as long as the record.
class CsvFields {
 public:
  // record: with or without its line end. Returns what is wrong with it, if anything.
  [[nodiscard]] std::optional<RowFault> parse(std::string_view record, const CsvDialect& dialect);

  [[nodiscard]] const std::vector<std::string_view>& values() const { return values_; }

 private:
  // Reads the field at `at`; returns the index of what follows it, or puts a fault into fault_.
  size_t read_quoted(std::string_view record, size_t at);
  // The field between two indices of the record, doubled quotes made single.
  std::string_view unescape(std::string_view quoted);

  std::vector<std::string_view> values_;
  std::string unescaped_;  // reserved ahead, so that views into it stay valid
  std::optional<RowFault> fault_;
};

}  // namespace wordfire
