// A whole file, mapped read-only. A file that somebody cuts short while it is mapped ends the
// process with SIGBUS: writers must replace files, as AtomicFile does, never change them in place.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace wordfire {

class MappedFile {
 public:
  // Throws Error (no_input) when `path` cannot be opened or is not a regular file, bad_alloc when
  // the address space has no room.
  explicit MappedFile(const std::string& path);
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  // The file as it was when it was opened. Behind it lie at least kRowSlack readable bytes of zero.
  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
  size_t mapped_ = 0;
};

}  // namespace wordfire
