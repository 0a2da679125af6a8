#include "io/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "core/error.h"
#include "io/opening_fault.h"

namespace wordfire {
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
  throw Error::no_input(path + ": " + reason);
}

}  // namespace

RegularFile open_regular_file(const std::string& path) {
  // O_NONBLOCK: a pipe must be refused, not waited for.
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.is_open()) refuse_opening(path, errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) refuse_opening(path, errno);
  if (S_ISDIR(status.st_mode)) refuse(path, "is a directory, want a file");
  if (!S_ISREG(status.st_mode)) {
    refuse(path, "is not a regular file, which is needed to read it as a whole; copy it to one");
  }
  return {std::move(fd), static_cast<size_t>(status.st_size)};
}

}  // namespace wordfire
