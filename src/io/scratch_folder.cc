#include "io/scratch_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "core/error.h"

namespace wordfire {
namespace {

// What lies under a name in an open folder, and all below it, as far as it can be removed. Not
// std::filesystem's, which ends the process where memory runs out.
void remove_all(int folder, const char* name) noexcept {
  if (::unlinkat(folder, name, 0) == 0 || errno != EISDIR) return;
  const int fd = ::openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR* const inside = fd < 0 ? nullptr : ::fdopendir(fd);
  if (inside == nullptr) {
    if (fd >= 0) ::close(fd);
    return;
  }
  while (const dirent* const entry = ::readdir(inside)) {
    const std::string_view each = entry->d_name;
    if (each != "." && each != "..") remove_all(fd, entry->d_name);
  }
  ::closedir(inside);
  (void)::unlinkat(folder, name, AT_REMOVEDIR);
}

}  // namespace

std::string temporary_folder() {
  const char* const folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

ScratchFolder::ScratchFolder() : path_(temporary_folder() + "/wordfire-XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) {
    throw Error::cannot_create(path_ + ": cannot make the folder (" + std::strerror(errno) +
                               "), want room for scratch files; set TMPDIR");
  }
}

ScratchFolder::~ScratchFolder() { remove_all(AT_FDCWD, path_.c_str()); }

std::string ScratchFolder::make_folder(const std::string& name) const {
  std::string folder = path_ + '/' + name;
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    throw Error::cannot_create(folder + ": cannot make the folder (" + failure.message() + ")");
  }
  return folder;
}

}  // namespace wordfire
