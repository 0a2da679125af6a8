// A file without a name: it holds what does not fit into memory, and is gone when it is closed,
// whatever happens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace wordfire {

class ScratchFile {
 public:
  // Creates the file in `folder` (empty: the current one). Throws Error (cannot_create).
  explicit ScratchFile(const std::string& folder);
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile();

  // Writes behind what is there and returns the offset. Not thread-safe. Throws Error (io), on a
  // full disk above all.
  int64_t append(std::span<const char> bytes);
  // Fills `bytes` from `offset`. Thread-safe. Throws Error (io).
  void read(int64_t offset, std::span<char> bytes) const;

  [[nodiscard]] int64_t size() const { return size_; }

 private:
  std::string folder_;
  int fd_ = -1;
  int64_t size_ = 0;
};

}  // namespace wordfire
