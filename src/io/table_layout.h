// How a file of rows is laid out: its format, and where labels and text stand in a row.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/csv_reader.h"

namespace wordfire {

enum class TableFormat { kAuto, kCsv, kTsv, kJsonLines };

// "csv", "tsv", "jsonl"; "auto".
[[nodiscard]] std::string_view table_format_name(TableFormat format);

// What the caller knows of the tables.
struct TableOptions {
  TableFormat format = TableFormat::kAuto;
  bool header = false;  // the first row names the columns; implied by a column given by name
  // Whether '"' begins a quoted field. None given: in CSV it does, in TSV it is a character like
  // others (so the definition of text/tab-separated-values).
  std::optional<bool> quotes;
  // Columns of CSV and TSV are numbers from 1 or names from the header, those of JSON lines are
  // names. Empty: the label is column 1, or "label"; the text is all other columns in order, or
  // "text".
  std::vector<std::string> label_columns;
  std::vector<std::string> text_columns;

  [[nodiscard]] bool has_header() const;
};

struct TableLayout {
  TableFormat format = TableFormat::kCsv;  // never kAuto
  CsvDialect dialect;
  // CSV and TSV: how many columns each row has, and indices from 0.
  size_t columns = 0;
  std::vector<size_t> label_columns;
  std::vector<size_t> text_columns;
  // JSON lines.
  std::vector<std::string> label_names;
  std::vector<std::string> text_names;
};

// By the name's ending (.csv, .tsv, .tab, .jsonl, .ndjson, .json, with .gz or .zst behind), else by
// the first line of `head`: '{' begins JSON lines, a TAB means TSV, everything else is CSV.
[[nodiscard]] TableFormat tell_format(std::string_view path, std::string_view head);

// How records of `format` are cut and taken apart. JSON lines are cut at line ends.
[[nodiscard]] CsvDialect dialect_of(TableFormat format, std::optional<bool> quotes);

// The layout of a file whose first row that is not blank is `first_row` (not looked at for JSON
// lines). Throws Error (data), the message beginning with `where`: a column is not there, or the
// first row cannot be read.
[[nodiscard]] TableLayout lay_out(const TableOptions& options, TableFormat format,
                                  std::string_view first_row, const std::string& where);

}  // namespace wordfire
