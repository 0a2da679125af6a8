#include "io/file_copy.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "core/matrix.h"
#include "io/checksum.h"

namespace wordfire {
namespace {

constexpr size_t kPiece = size_t{1} << 20;  // still in the cache when it is summed

// As many bytes as the system gives at once, 0 at the end of the file.
size_t read_piece(int fd, std::span<std::byte> out, const std::string& path) {
  for (;;) {
    const ssize_t got = ::read(fd, out.data(), out.size());
    if (got >= 0) return static_cast<size_t>(got);
    if (errno != EINTR) {
      throw Error::io(fmt::format("{}: cannot read ({})", path, std::strerror(errno)));
    }
  }
}

}  // namespace

FileCopy::FileCopy(const std::string& path, const OpenFile& open) {
  const RegularFile file = open(path);
  size_ = file.size;
  memory_ = decltype(memory_)(size_ + kRowSlack);
  read_all(file.fd.get(), path);
}

void FileCopy::read_all(int fd, const std::string& path) {
  Checksum checksum;
  for (size_t at = 0; at < size_;) {
    const auto rest = std::span(memory_).subspan(at, std::min(kPiece, size_ - at));
    const size_t got = read_piece(fd, rest, path);
    if (got == 0) {
      throw Error::model(fmt::format(
          "{}: ended at byte {} while it was read, want {} bytes; replace files by renaming a whole"
          " one to their name",
          path, at, size_));
    }
    checksum.add(rest.first(got));
    at += got;
  }
  checksum_ = checksum.value();
}

}  // namespace wordfire
