// Cuts tables into blocks of whole rows that several threads can take apart. A block never holds
// rows of two files. A UTF-8 byte-order mark at the start of a file is dropped, and so is a header
// row.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/byte_source.h"
#include "io/json_rows.h"
#include "io/table_layout.h"

namespace wordfire {

struct RowBlock {
  std::vector<char> bytes;   // the rows, and JsonRow::kPadding bytes behind them
  size_t begin = 0;          // of the first row in `bytes`
  std::vector<size_t> ends;  // of each row, its line end included
  size_t file = 0;           // index into the reader's list
  int64_t first_row = 0;     // its number in the file, from 1; header and blank rows count
  int64_t file_offset = 0;   // of bytes[0] in the (decompressed) file
  std::shared_ptr<const TableLayout> layout;

  [[nodiscard]] size_t rows() const { return ends.size(); }
  [[nodiscard]] size_t row_begin(size_t i) const { return i == 0 ? begin : ends[i - 1]; }
  [[nodiscard]] std::string_view row(size_t i) const {
    return {bytes.data() + row_begin(i), ends[i] - row_begin(i)};
  }
};

// Where a row stands, for messages: "x.csv: byte 8120 (row 17)", "x.jsonl:17".
[[nodiscard]] std::string row_place(TableFormat format, const std::string& file, int64_t byte,
                                    int64_t row);

// Whether a row holds nothing: an empty line, or blanks alone. Such rows are no rows of a table.
[[nodiscard]] bool is_blank_row(std::string_view row);

class RowBlockReader {
 public:
  // paths: as list_input_files() returns them. A block has about `block_bytes`, more only where one
  // row is longer. stop: see open_source().
  RowBlockReader(std::vector<std::string> paths, TableOptions options,
                 size_t block_bytes = size_t{1} << 20, const std::atomic<bool>* stop = nullptr);

  // Moves the next block, of at least one row, into `block` (its memory is reused) and returns
  // true; false at the end of the last file. Not thread-safe. Throws Error as ByteSource and
  // lay_out() do, and Error (data) naming file, byte and row for UTF-16, a quoted field that never
  // ends and a row over kMaxRecordBytes.
  [[nodiscard]] bool next(RowBlock& block);

  // Decompressed bytes read so far.
  [[nodiscard]] int64_t bytes_read() const { return bytes_read_; }
  // As in messages: the path, or "standard input".
  [[nodiscard]] std::string file_name(size_t file) const;

 private:
  bool fill(RowBlock& block);
  // Appends bytes of the file to the `size` in the block until they are `want`; sets at_end_.
  // Returns the new size.
  size_t read_more(RowBlock& block, size_t size, size_t want);
  // Finds the file's layout in its first bytes; false when more are needed.
  bool begin_file(RowBlock& block, std::string_view text);
  // Finds the ends of whole rows, and at the end of the file that of the last row.
  void cut(RowBlock& block, std::string_view text) const;
  // Throws what is wrong with the first row at or behind `begin` that has no end.
  [[noreturn]] void refuse_endless(std::string_view text, size_t begin) const;
  [[noreturn]] void refuse(size_t at, int64_t row, const std::string& what) const;

  std::vector<std::string> paths_;
  size_t next_file_ = 0;
  TableOptions options_;
  size_t block_bytes_;
  const std::atomic<bool>* stop_;
  std::unique_ptr<ByteSource> source_;  // null between two files
  std::shared_ptr<const TableLayout> layout_;
  std::vector<char> carry_;  // the start of a row whose end was not read yet
  bool at_end_ = false;      // of the file
  int64_t next_row_ = 1;
  int64_t next_byte_ = 0;  // of carry_ in the file
  int64_t bytes_read_ = 0;
};

}  // namespace wordfire
