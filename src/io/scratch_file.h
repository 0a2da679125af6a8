// A file without a name: it holds what does not fit into memory, and is gone when it is closed,
// whatever happens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "io/file_descriptor.h"

namespace wordfire {

// A file in `folder` (empty: the current one) that has no name. Throws Error (cannot_create).
[[nodiscard]] FileDescriptor open_scratch_file(const std::string& folder);

class ScratchFile {
 public:
  // Creates the file in `folder` (empty: the current one). Throws Error (cannot_create).
  explicit ScratchFile(const std::string& folder);

  // Writes behind what is there and returns the offset. Not thread-safe. Throws Error (io), on a
  // full disk above all.
  int64_t append(std::span<const char> bytes);
  // Fills `bytes` from `offset`. Thread-safe. Throws Error (io).
  void read(int64_t offset, std::span<char> bytes) const;

  [[nodiscard]] int64_t size() const { return size_; }

 private:
  std::string folder_;
  FileDescriptor fd_;
  int64_t size_ = 0;
};

}  // namespace wordfire
