#include "io/folder_names.h"

#include <dirent.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "io/opening_fault.h"

namespace wordfire {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
struct Free {
  void operator()(char* memory) const { std::free(memory); }
};

}  // namespace

void for_each_name(const std::string& folder,
                   const std::function<void(const std::string& name)>& each) {
  const std::unique_ptr<DIR, CloseFolder> open(::opendir(folder.c_str()));
  if (!open) refuse_opening(folder, errno);
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(open.get());
    if (entry == nullptr && errno != 0) refuse_opening(folder, errno);
    if (entry == nullptr) return;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") each(std::string(name));
  }
}

std::string real_path(const std::string& path) {
  const std::unique_ptr<char, Free> real(::realpath(path.c_str(), nullptr));
  if (!real) refuse_opening(path, errno);
  return real.get();
}

}  // namespace wordfire
