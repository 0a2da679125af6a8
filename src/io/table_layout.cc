#include "io/table_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/error.h"

namespace wordfire {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool drop_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

std::string names_of(const std::vector<std::string_view>& header) {
  constexpr size_t kShown = 10;
  std::string names;
  for (size_t i = 0; i < header.size() && i < kShown; ++i) {
    names += (i == 0 ? "" : ", ") + excerpt(header[i]);
  }
  return header.size() > kShown ? names + ", ..." : names;
}

size_t find_column(const std::string& column, const std::vector<std::string_view>& first_row,
                   const std::string& where) {
  if (!is_number(column)) {
    const auto found = std::find(first_row.begin(), first_row.end(), column);
    if (found != first_row.end()) return static_cast<size_t>(found - first_row.begin());
    throw Error::data(fmt::format("{}: no column {}; the first row names {}", where,
                                  excerpt(column), names_of(first_row)));
  }
  size_t number = 0;
  const auto parsed = std::from_chars(column.data(), column.data() + column.size(), number);
  if (parsed.ec == std::errc() && number >= 1 && number <= first_row.size()) return number - 1;
  throw Error::data(
      fmt::format("{}: no column {}; columns are 1 to {}", where, column, first_row.size()));
}

// All columns but the label columns.
std::vector<size_t> other_columns(const TableLayout& layout, const std::string& where) {
  std::vector<size_t> others;
  for (size_t i = 0; i < layout.columns; ++i) {
    const auto& labels = layout.label_columns;
    if (std::find(labels.begin(), labels.end(), i) == labels.end()) others.push_back(i);
  }
  if (others.empty()) {
    throw Error::data(fmt::format(
        "{}: {} column(s) in the first row, read as {}, want a label and a text; give -format",
        where, layout.columns, table_format_name(layout.format)));
  }
  return others;
}

}  // namespace

std::string_view table_format_name(TableFormat format) {
  constexpr std::string_view kNames[] = {"auto", "csv", "tsv", "jsonl"};
  return kNames[static_cast<size_t>(format)];
}

bool TableOptions::has_header() const {
  const auto is_name = [](const std::string& column) { return !is_number(column); };
  return header || std::any_of(label_columns.begin(), label_columns.end(), is_name) ||
         std::any_of(text_columns.begin(), text_columns.end(), is_name);
}

TableFormat tell_format(std::string_view path, std::string_view head) {
  drop_suffix(path, ".gz") || drop_suffix(path, ".zst");
  for (const std::string_view ending : {".jsonl", ".ndjson", ".json"}) {
    if (path.ends_with(ending)) return TableFormat::kJsonLines;
  }
  if (path.ends_with(".tsv") || path.ends_with(".tab")) return TableFormat::kTsv;
  if (path.ends_with(".csv")) return TableFormat::kCsv;
  head.remove_prefix(std::min(head.find_first_not_of(" \r\n"), head.size()));
  if (head.starts_with('{')) return TableFormat::kJsonLines;
  return head.substr(0, head.find('\n')).find('\t') == std::string_view::npos ? TableFormat::kCsv
                                                                              : TableFormat::kTsv;
}

CsvDialect dialect_of(TableFormat format, std::optional<bool> quotes) {
  if (format == TableFormat::kJsonLines) return {',', false};
  if (format == TableFormat::kTsv) return {'\t', quotes.value_or(false)};
  return {',', quotes.value_or(true)};
}

TableLayout lay_out(const TableOptions& options, TableFormat format, std::string_view first_row,
                    const std::string& where) {
  TableLayout layout;
  layout.format = format;
  layout.dialect = dialect_of(format, options.quotes);
  if (format == TableFormat::kJsonLines) {
    layout.label_names =
        options.label_columns.empty() ? std::vector<std::string>{"label"} : options.label_columns;
    layout.text_names =
        options.text_columns.empty() ? std::vector<std::string>{"text"} : options.text_columns;
    return layout;
  }
  CsvFields fields;
  if (const auto fault = fields.parse(first_row, layout.dialect)) {
    throw Error::data(
        fmt::format("{}: byte {} of the first row: {}", where, fault->byte, fault->what));
  }
  layout.columns = fields.values().size();
  for (const std::string& column : options.label_columns) {
    layout.label_columns.push_back(find_column(column, fields.values(), where));
  }
  if (options.label_columns.empty()) layout.label_columns = {0};
  for (const std::string& column : options.text_columns) {
    layout.text_columns.push_back(find_column(column, fields.values(), where));
  }
  if (options.text_columns.empty()) layout.text_columns = other_columns(layout, where);
  return layout;
}

}  // namespace wordfire
