#include "io/csv_reader.h"

#include <algorithm>

namespace wordfire {
namespace {

constexpr size_t kNone = RecordEnd::kNone;

// The index behind the quote that closes the field whose text begins at `at`; kNone when none does.
size_t skip_quoted(std::string_view text, size_t at) {
  while (true) {
    const size_t quote = text.find('"', at);
    if (quote == kNone) return kNone;
    if (quote + 1 == text.size() || text[quote + 1] != '"') return quote + 1;
    at = quote + 2;
  }
}

// The index of the next delimiter or LF at or behind `at`; kNone when there is none.
size_t find_field_end(std::string_view text, size_t at, char delimiter) {
  for (; at < text.size(); ++at) {
    if (text[at] == delimiter || text[at] == '\n') return at;
  }
  return kNone;
}

}  // namespace

RecordEnd find_record_end(std::string_view text, const CsvDialect& dialect) {
  const size_t line_end = text.find('\n');
  const std::string_view line = text.substr(0, line_end);
  if (!dialect.quotes || line.find('"') == kNone) {
    return {line_end == kNone ? kNone : line_end + 1, kNone};
  }
  size_t at = 0;
  while (true) {
    if (at < text.size() && text[at] == '"') {
      const size_t closed = skip_quoted(text, at + 1);
      if (closed == kNone) return {kNone, at};
      at = closed;
    }
    at = find_field_end(text, at, dialect.delimiter);
    if (at == kNone) return {};
    if (text[at++] == '\n') return {at, kNone};
  }
}

std::optional<RowFault> CsvFields::parse(std::string_view record, const CsvDialect& dialect) {
  values_.clear();
  unescaped_.clear();
  fault_.reset();
  if (record.ends_with('\n')) record.remove_suffix(1);
  if (record.ends_with('\r')) record.remove_suffix(1);
  for (size_t at = 0;; ++at) {
    const size_t begin = at;
    if (dialect.quotes && at < record.size() && record[at] == '"') {
      at = read_quoted(record, at);
      if (!fault_ && at < record.size() && record[at] != dialect.delimiter) {
        fault_ = {at,
                  "text behind a closing quote, want a delimiter or the end of the row; double "
                  "quotes that belong to the text, or give -quotes no"};
      }
      if (fault_) return fault_;
    } else {
      at = std::min(record.find(dialect.delimiter, at), record.size());
      values_.push_back(record.substr(begin, at - begin));
    }
    if (at - begin > kMaxFieldBytes) {
      return RowFault{begin, "a field of " + std::to_string(at - begin) + " bytes, want at most " +
                                 std::to_string(kMaxFieldBytes)};
    }
    if (at == record.size()) return std::nullopt;
  }
}

size_t CsvFields::read_quoted(std::string_view record, size_t at) {
  const size_t closed = skip_quoted(record, at + 1);
  if (closed == kNone) {
    fault_ = {at, "a quoted field that never ends; close its quote, or give -quotes no"};
    return record.size();
  }
  const std::string_view quoted = record.substr(at + 1, closed - at - 2);
  if (unescaped_.capacity() < record.size()) unescaped_.reserve(record.size());
  values_.push_back(quoted.find('"') == kNone ? quoted : unescape(quoted));
  return closed;
}

std::string_view CsvFields::unescape(std::string_view quoted) {
  const size_t begin = unescaped_.size();
  for (size_t at = 0; at < quoted.size();) {
    const size_t quote = quoted.find('"', at);
    unescaped_.append(quoted.substr(at, quote == kNone ? kNone : quote + 1 - at));
    at = quote == kNone ? quoted.size() : quote + 2;
  }
  return std::string_view(unescaped_).substr(begin);
}

}  // namespace wordfire
