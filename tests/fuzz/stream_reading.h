// Bytes of a fuzzer as a stream of training text, read in any portions.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "io/text_source.h"
#include "io/training_line.h"
#include "tests/io/memory_source.h"

namespace wordfire {

inline void require(bool good) {
  if (!good) std::abort();
}

struct StreamReading {
  std::string lines;
  std::string fault;  // empty: none

  friend bool operator==(const StreamReading&, const StreamReading&) = default;
};

// most: bytes a read.
inline StreamReading read_stream(const std::string& stream, InputFormat format, size_t most) {
  TextReading how;
  how.format = format;
  how.needs_labels = true;
  StreamReading reading;
  std::vector<char> buffer(most);
  try {
    const auto source = read_as_text(memory_source(stream, most), how);
    while (const size_t bytes = source->read(buffer)) reading.lines.append(buffer.data(), bytes);
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::kData);
    reading.fault = error.what();
    require(reading.fault.starts_with("memory:"));
    require(reading.fault.find('\n') == std::string::npos);
  }
  return reading;
}

// Whole and in portions of `most` bytes, a stream gives the same.
inline void require_equal_readings(const std::string& stream, InputFormat format, size_t most) {
  constexpr size_t kWhole = size_t{1} << 12;
  require(read_stream(stream, format, kWhole) == read_stream(stream, format, most));
}

// Whether all labels have names that come back as they are: a name may not be lacking, as it can in
// a text, nor begin with the prefix once more, which is optional in front of a name.
inline bool has_plain_names(const LineParts& parts, std::string_view prefix) {
  return std::ranges::none_of(parts.labels,
                              [&](auto name) { return name.empty() || name.starts_with(prefix); });
}

}  // namespace wordfire
