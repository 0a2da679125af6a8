// A whole file, copied into memory: whatever becomes of the file then, the copy stays as it is. A
// server must not end because somebody cuts short what it has mapped (mapped_file.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/huge_pages.h"
#include "io/regular_file.h"

namespace wordfire {

class FileCopy {
 public:
  // Reads the file once. Throws what `open` throws, Error (io) when reading fails, Error (model)
  // when the file got shorter meanwhile, bad_alloc when memory has no room.
  explicit FileCopy(const std::string& path, const OpenFile& open = open_regular_file);

  // The file as it was read. Behind it lie kRowSlack readable bytes of zero.
  [[nodiscard]] std::span<const std::byte> bytes() const { return {memory_.data(), size_}; }
  // XXH3 (64 bits) of these bytes.
  [[nodiscard]] uint64_t checksum() const { return checksum_; }

 private:
  void read_all(int fd, const std::string& path);

  std::vector<std::byte, HugePages<std::byte>> memory_;
  size_t size_ = 0;
  uint64_t checksum_ = 0;
};

}  // namespace wordfire
