#include "io/scratch_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/error.h"

namespace wordfire {
FileDescriptor open_scratch_file(const std::string& folder) {
  const std::string where = folder.empty() ? "." : folder;
  int fd = ::open(where.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
    // A file system without unnamed files: one with a name for a moment.
    std::string name = where + "/.wordfire-scratch-XXXXXX";
    fd = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd >= 0) ::unlink(name.c_str());
  }
  if (fd >= 0) return FileDescriptor(fd);
  throw Error::cannot_create(where + ": cannot create a scratch file (" + std::strerror(errno) +
                             "); give -scratchDir a folder on a disk that can be written");
}

ScratchFile::ScratchFile(const std::string& folder)
    : folder_(folder.empty() ? "." : folder), fd_(open_scratch_file(folder)) {}

int64_t ScratchFile::append(std::span<const char> bytes) {
  const int64_t offset = size_;
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), size_);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      throw Error::io(folder_ + ": writing a scratch file failed (" +
                      std::strerror(written < 0 ? errno : ENOSPC) +
                      "); free some space, or give -scratchDir another folder, or more -memory");
    }
    size_ += written;
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return offset;
}

void ScratchFile::read(int64_t offset, std::span<char> bytes) const {
  while (!bytes.empty()) {
    const ssize_t got = ::pread(fd_.get(), bytes.data(), bytes.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      throw Error::io(folder_ + ": reading a scratch file failed (" +
                      (got < 0 ? std::strerror(errno) : "it is shorter than what was written") +
                      ")");
    }
    offset += got;
    bytes = bytes.subspan(static_cast<size_t>(got));
  }
}

}  // namespace wordfire
