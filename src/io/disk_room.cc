#include "io/disk_room.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <limits>

#include "core/error.h"

namespace wordfire {

int64_t free_disk_space(const std::string& folder) {
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0 || disk.f_blocks == 0) {
    return std::numeric_limits<int64_t>::max();
  }
  return static_cast<int64_t>(disk.f_bavail) * static_cast<int64_t>(disk.f_frsize);
}

void check_disk_room(const std::string& path, int64_t bytes, std::string_view option) {
  constexpr int64_t kMebibyte = int64_t{1} << 20;
  const size_t slash = path.rfind('/');
  const int64_t room =
      free_disk_space(slash == std::string::npos ? "." : path.substr(0, slash + 1));
  if (bytes <= room) return;
  throw Error::io(
      fmt::format("{}: needs {} MiB, the disk has {} MiB free; free some, or choose another {}",
                  path, (bytes + kMebibyte - 1) / kMebibyte, room / kMebibyte, option));
}

}  // namespace wordfire
