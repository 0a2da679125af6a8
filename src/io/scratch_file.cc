#include "io/scratch_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/error.h"

namespace wordfire {
namespace {

// An unlinked file in `folder`, or -1 with errno set. File systems without O_TMPFILE get a name for
// a moment.
int open_unnamed(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  std::string name = folder + "/.wordfire-scratch-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

ScratchFile::ScratchFile(const std::string& folder) : folder_(folder.empty() ? "." : folder) {
  fd_ = open_unnamed(folder_);
  if (fd_ >= 0) return;
  throw Error::cannot_create(folder_ + ": cannot create a scratch file (" + std::strerror(errno) +
                             "); give -scratchDir a folder that can be written");
}

ScratchFile::~ScratchFile() { ::close(fd_); }

int64_t ScratchFile::append(std::span<const char> bytes) {
  const int64_t offset = size_;
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd_, bytes.data(), bytes.size(), size_);
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
    const ssize_t got = ::pread(fd_, bytes.data(), bytes.size(), offset);
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
