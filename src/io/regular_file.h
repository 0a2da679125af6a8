// Opens files that are read as a whole: pipes, folders and devices are refused, and never waited
// for.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "io/file_descriptor.h"

namespace wordfire {

struct RegularFile {
  FileDescriptor fd;  // for reading
  size_t size = 0;    // when it was opened
};

// Throws Error (no_input) when `path` cannot be opened or is not a regular file; Error (io) and
// bad_alloc where the next try may open it (opening_fault.h).
[[nodiscard]] RegularFile open_regular_file(const std::string& path);

// How a reader opens its files: open_regular_file(), or one that throws for some files more.
using OpenFile = std::function<RegularFile(const std::string& path)>;

}  // namespace wordfire
