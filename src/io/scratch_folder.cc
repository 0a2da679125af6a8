#include "io/scratch_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "core/error.h"

namespace wordfire {

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

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

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
