#include "io/row_blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "io/foreign_format.h"

namespace wordfire {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

size_t byte_order_mark_size(std::string_view text) {
  return text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
}

bool is_utf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

}  // namespace

std::string row_place(TableFormat format, const std::string& file, int64_t byte, int64_t row) {
  if (format == TableFormat::kJsonLines) return fmt::format("{}:{}", file, row);
  return fmt::format("{}: byte {} (row {})", file, byte, row);
}

bool is_blank_row(std::string_view row) {
  return row.find_first_not_of(" \r\n") == std::string_view::npos;
}

RowBlockReader::RowBlockReader(std::vector<std::string> paths, TableOptions options,
                               size_t block_bytes, const std::atomic<bool>* stop)
    : paths_(std::move(paths)),
      options_(std::move(options)),
      block_bytes_(block_bytes),
      stop_(stop) {}

bool RowBlockReader::next(RowBlock& block) {
  while (true) {
    if (!source_) {
      if (next_file_ == paths_.size()) return false;
      source_ = open_source(paths_[next_file_++], stop_);
      layout_.reset();
      at_end_ = false;
      next_row_ = 1;
      next_byte_ = 0;
    }
    if (fill(block)) return true;
    source_.reset();
  }
}

bool RowBlockReader::fill(RowBlock& block) {
  block.ends.clear();
  block.begin = 0;
  block.file = next_file_ - 1;
  block.file_offset = next_byte_;
  size_t size = carry_.size();
  block.bytes.resize(std::max(block.bytes.size(), size));
  std::copy(carry_.begin(), carry_.end(), block.bytes.begin());
  for (size_t want = size + block_bytes_;; want = 2 * size) {
    size = read_more(block, size, want);
    const std::string_view text(block.bytes.data(), size);
    if (layout_ || begin_file(block, text)) cut(block, text);
    if (!block.ends.empty() || at_end_) break;
    if (size - block.begin > kMaxRecordBytes) refuse_endless(text, block.begin);
  }
  block.layout = layout_;
  block.first_row = next_row_;
  next_row_ += static_cast<int64_t>(block.rows());
  const size_t rest = block.ends.empty() ? size : block.ends.back();
  carry_.assign(block.bytes.begin() + static_cast<ptrdiff_t>(rest),
                block.bytes.begin() + static_cast<ptrdiff_t>(size));
  next_byte_ = block.file_offset + static_cast<int64_t>(rest);
  return !block.ends.empty();
}

size_t RowBlockReader::read_more(RowBlock& block, size_t size, size_t want) {
  if (block.bytes.size() < want + JsonRow::kPadding) block.bytes.resize(want + JsonRow::kPadding);
  while (size < want && !at_end_) {
    const size_t bytes = source_->read(std::span(block.bytes).subspan(size, want - size));
    at_end_ = bytes == 0;
    size += bytes;
    bytes_read_ += static_cast<int64_t>(bytes);
  }
  return size;
}

bool RowBlockReader::begin_file(RowBlock& block, std::string_view text) {
  if (is_utf16(text)) refuse(0, 1, "UTF-16 text, want UTF-8; convert it: iconv -f UTF-16 -t UTF-8");
  block.begin = byte_order_mark_size(text);
  const std::string& name = paths_[block.file];
  refuse_foreign(text, name);
  const TableFormat format = options_.format != TableFormat::kAuto
                                 ? options_.format
                                 : tell_format(name, text.substr(block.begin));
  const CsvDialect dialect = dialect_of(format, options_.quotes);
  int64_t row = 0;
  for (size_t at = block.begin; at < text.size();) {
    const RecordEnd found = find_record_end(text.substr(at), dialect);
    if (found.end == RecordEnd::kNone && !at_end_) return false;
    if (found.open_quote != RecordEnd::kNone) refuse_endless(text, block.begin);
    const std::string_view first = text.substr(at, found.end);
    at += first.size();
    ++row;
    if (is_blank_row(first)) continue;
    layout_ =
        std::make_shared<const TableLayout>(lay_out(options_, format, first, source_->name()));
    if (format != TableFormat::kJsonLines && options_.has_header()) {
      block.begin = at;
      next_row_ += row;
    }
    return true;
  }
  return at_end_;
}

void RowBlockReader::cut(RowBlock& block, std::string_view text) const {
  if (!layout_) return;
  for (size_t at = block.begin; at < text.size();) {
    const RecordEnd found = find_record_end(text.substr(at), layout_->dialect);
    const bool last = found.end == RecordEnd::kNone && at_end_ && block.ends.empty();
    if (found.end == RecordEnd::kNone && !last) return;
    const size_t bytes = last ? text.size() - at : found.end;
    if (found.open_quote != RecordEnd::kNone || bytes > kMaxRecordBytes) {
      // The rows before it are handed out first.
      if (!block.ends.empty()) return;
      refuse_endless(text.substr(0, at + bytes), at);
    }
    at += bytes;
    block.ends.push_back(at);
  }
}

void RowBlockReader::refuse_endless(std::string_view text, size_t begin) const {
  const TableFormat format = layout_ ? layout_->format : options_.format;
  const CsvDialect dialect = dialect_of(format, options_.quotes);
  int64_t row = next_row_;
  RecordEnd found = find_record_end(text.substr(begin), dialect);
  for (; found.end < text.size() - begin; ++row) {  // blank rows before the first one
    begin += found.end;
    found = find_record_end(text.substr(begin), dialect);
  }
  if (found.open_quote == RecordEnd::kNone) {
    refuse(begin, row,
           fmt::format("a row of more than {} bytes; is this a table with one row a line?",
                       kMaxRecordBytes));
  }
  refuse(begin + found.open_quote, row,
         "a quoted field begins here and never ends; close its quote, or give -quotes no if quotes "
         "mean nothing");
}

void RowBlockReader::refuse(size_t at, int64_t row, const std::string& what) const {
  const TableFormat format = layout_ ? layout_->format : options_.format;
  const int64_t byte = next_byte_ + static_cast<int64_t>(at);
  throw Error::data(row_place(format, source_->name(), byte, row) + ": " + what);
}

std::string RowBlockReader::file_name(size_t file) const {
  return paths_[file] == "-" ? "standard input" : paths_[file];
}

}  // namespace wordfire
