// Tables: what is read does not depend on how the bytes are cut into blocks, and fields are those
// of a plain reader that takes one byte after the other. First byte: format and block size.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/error.h"
#include "io/csv_reader.h"
#include "io/decompress.h"
#include "io/json_rows.h"
#include "io/recipe.h"
#include "io/row_blocks.h"
#include "tests/fuzz/memory_file.h"

namespace wordfire {
namespace {

using Row = std::vector<std::string>;

void require(bool good) {
  if (!good) std::abort();
}

// The rows of a file as bytes; a row "!" at the end when it cannot be read to the end.
Row rows_of(const std::string& path, TableFormat format, size_t block_bytes) {
  TableOptions options;
  options.format = format;
  options.text_columns = format == TableFormat::kJsonLines ? Row{"text"} : Row{"1"};
  RowBlockReader reader({path}, options, block_bytes);
  RowBlock block;
  Row rows;
  try {
    while (reader.next(block)) {
      for (size_t i = 0; i < block.rows(); ++i) rows.emplace_back(block.row(i));
    }
  } catch (const Error&) {
    rows.emplace_back("!");
  }
  return rows;
}

// The fields of a record, one byte after the other; none when a quote is out of place.
Row plain_fields(std::string_view record) {
  if (record.ends_with('\n')) record.remove_suffix(1);
  if (record.ends_with('\r')) record.remove_suffix(1);
  Row fields(1);
  enum { kStart, kPlain, kQuoted, kClosed } state = kStart;
  for (const char c : record) {
    if (state == kClosed && c != '"' && c != ',') return {};
    if (state == kClosed && c == '"') {
      fields.back() += c;
      state = kQuoted;
    } else if (state == kQuoted) {
      c == '"' ? void(state = kClosed) : fields.back().push_back(c);
    } else if (c == ',') {
      fields.emplace_back();
      state = kStart;
    } else if (state == kStart && c == '"') {
      state = kQuoted;
    } else {
      fields.back() += c;
      state = kPlain;
    }
  }
  return state == kQuoted ? Row() : fields;
}

void check_fields(const std::string& record) {
  CsvFields fields;
  const auto fault = fields.parse(record, {',', true});
  const Row want = plain_fields(record);
  require(fault.has_value() == want.empty());
  if (!fault) require(Row(fields.values().begin(), fields.values().end()) == want);
}

void check_json(std::string record) {
  const size_t bytes = record.size();
  record.resize(bytes + JsonRow::kPadding);
  JsonRow row;
  (void)row.parse(std::string_view(record).substr(0, bytes), {"label"}, {"text"});
}

void check_text(std::string_view text) {
  Recipe recipe;
  for (const auto punctuation : {Punctuation::kSplit, Punctuation::kKeep}) {
    recipe.punctuation = punctuation;
    std::string once;
    std::string twice;
    recipe.normalize(text, once);
    recipe.normalize(once, twice);
    require(once == twice);
    require(once.find('\n') == once.npos && once.find("  ") == once.npos);
  }
}

}  // namespace
}  // namespace wordfire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wordfire;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto format = static_cast<TableFormat>(1 + data[0] % 3);
  // text_blocks_fuzz looks after these; damage in them shows up a block earlier or later.
  if (tell_compression(text) != Compression::kNone) return 0;
  const MemoryFile file(data + 1, size - 1);
  const Row rows = rows_of(file.path(), format, size + 1);
  require(rows == rows_of(file.path(), format, 1 + data[0] / 3));
  for (const std::string& row : rows)
    format == TableFormat::kJsonLines ? check_json(row) : check_fields(row);
  check_text(text);
  return 0;
}
