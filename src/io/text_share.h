// Shares of a text, for processes that work on one together. Files of plain text are cut: share i
// of n has the lines that begin in part i of n equal parts of all their bytes. What cannot be cut
// (compressed files, records, pipes) is read by all, and its blocks of lines are dealt out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/byte_source.h"
#include "io/text_source.h"

namespace wordfire {

// Bytes [begin, end) of a file.
struct ByteRange {
  int64_t begin = 0;
  int64_t end = 0;
};

// The range of each file in share reading.share; nothing where a file cannot be cut. paths: as
// list_input_files() gives them. Throws Error (no_input).
[[nodiscard]] std::optional<std::vector<ByteRange>> cut_files(const std::vector<std::string>& paths,
                                                              const TextReading& reading);

// The lines of a file that begin in a range. Throws Error (no_input, io).
[[nodiscard]] std::unique_ptr<ByteSource> open_range(const std::string& path,
                                                     const ByteRange& range);

// `source`, read so that each read() fills its buffer: blocks of lines are then the same in every
// process.
[[nodiscard]] std::unique_ptr<ByteSource> fill_reads(std::unique_ptr<ByteSource> source);

}  // namespace wordfire
