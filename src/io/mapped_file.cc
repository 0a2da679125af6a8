#include "io/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "core/error.h"
#include "core/matrix.h"
#include "io/file_descriptor.h"

namespace wordfire {
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
  throw Error::no_input(path + ": " + reason);
}

// The size of a regular file.
size_t checked_size(int fd, const std::string& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0)
    refuse(path, std::string("cannot open (") + std::strerror(errno) + ")");
  if (S_ISDIR(status.st_mode)) refuse(path, "is a directory, want a file");
  if (!S_ISREG(status.st_mode))
    refuse(path, "is not a regular file, which is needed for mapping; copy it to one");
  return static_cast<size_t>(status.st_size);
}

}  // namespace

MappedFile::MappedFile(const std::string& path) {
  // O_NONBLOCK: a pipe must be refused, not waited for.
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.is_open()) refuse(path, std::string("cannot open (") + std::strerror(errno) + ")");
  size_ = checked_size(fd.get(), path);

  // Zero pages first, then the file over their front: one page at least stays behind its end.
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  static_assert(kRowSlack <= 4096, "a page is the slack");
  mapped_ = (size_ + page - 1) / page * page + page;
  void* const region =
      ::mmap(nullptr, mapped_, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<const std::byte*>(region);
  if (size_ == 0) return;
  if (::mmap(region, size_, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd.get(), 0) == MAP_FAILED) {
    const int error = errno;
    ::munmap(region, mapped_);
    refuse(path, std::string("cannot map (") + std::strerror(error) + ")");
  }
}

MappedFile::~MappedFile() { ::munmap(const_cast<std::byte*>(data_), mapped_); }

}  // namespace wordfire
