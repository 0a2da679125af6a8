// Cuts a list of sources into blocks of whole lines that several threads can take and work on. A
// block never holds bytes of two files. A UTF-8 byte-order mark at the start of a file is dropped.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/byte_source.h"
#include "io/text_share.h"
#include "io/text_source.h"

namespace wordfire {

// A line longer than this is refused (Error data): no text has one, and memory must stay bounded.
inline constexpr size_t kMaxLineBytes = size_t{256} << 20;

struct LineBlock {
  // The text, owned; only the last line of a file may lack its '\n'. Followed by kSlack readable
  // bytes of zero, so that kernels may read past the end.
  static constexpr size_t kSlack = 64;
  std::vector<char> bytes;  // size() == size + kSlack
  size_t size = 0;
  // 0, 1, 2, ... over all files, in reading order; of a share that is dealt out, in all shares.
  int64_t sequence = 0;
  size_t file = 0;  // index into the list given to the reader

  [[nodiscard]] std::string_view text() const { return {bytes.data(), size}; }
};

class LineBlockReader {
 public:
  // paths: as list_input_files() returns them ("-" is standard input). A block has about
  // `block_bytes`, more only where one line is longer.
  // stop: see open_source(). reading: how bytes become lines, and which of them. With several
  // shares it looks at each file.
  explicit LineBlockReader(std::vector<std::string> paths, size_t block_bytes = size_t{1} << 20,
                           const std::atomic<bool>* stop = nullptr, TextReading reading = {});
  ~LineBlockReader();

  // Moves the next block into `block` (its memory is reused) and returns true; false at the end of
  // the last file. Thread-safe: callers share one lock. Throws Error as ByteSource does, and Error
  // (data) for a line over kMaxLineBytes or a file that is no text (foreign_format.h); it is then
  // at its end. Whole lines in front of the place come first.
  [[nodiscard]] bool next(LineBlock& block);

  // Decompressed bytes handed out so far. Thread-safe.
  [[nodiscard]] int64_t bytes_read() const;
  [[nodiscard]] const std::string& file_name(size_t file) const { return paths_[file]; }

 private:
  bool advance(LineBlock& block);
  void open_next();
  // Whether blocks are dealt out, and this one belongs to another share.
  [[nodiscard]] bool is_of_others(int64_t sequence) const {
    return !ranges_ && sequence % reading_.shares != reading_.share;
  }
  // Whole lines of the current file; none at its end.
  void fill(LineBlock& block);
  // Puts them at the front of `bytes`, which it makes larger, and returns their size.
  size_t read_lines(std::vector<char>& bytes);
  // What source_->read() says; nothing, with failure_ set, where it fails behind lines.
  std::optional<size_t> read_some(std::span<char> bytes, bool has_lines);
  void check_line(size_t length) const;

  std::vector<std::string> paths_;
  size_t block_bytes_;
  const std::atomic<bool>* stop_;
  TextReading reading_;
  std::optional<std::vector<ByteRange>> ranges_;  // of each file; nothing: blocks are dealt out
  mutable std::mutex mutex_;
  std::unique_ptr<ByteSource> source_;
  std::exception_ptr failure_;  // to be thrown when the lines before it are handed out
  std::vector<char> carry_;     // the start of a line whose end was not read yet
  size_t next_file_ = 0;
  int64_t next_sequence_ = 0;
  int64_t bytes_read_ = 0;
  int64_t file_offset_ = 0;  // of carry_ in the current file
};

}  // namespace wordfire
