#include "io/disk_room.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include "core/error.h"

namespace wordfire {

void check_disk_room(const std::string& path, int64_t bytes, std::string_view option) {
  constexpr int64_t kMebibyte = int64_t{1} << 20;
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0 || disk.f_blocks == 0) return;
  const auto room = static_cast<int64_t>(disk.f_bavail) * static_cast<int64_t>(disk.f_frsize);
  if (bytes <= room) return;
  throw Error::io(
      fmt::format("{}: needs {} MiB, the disk has {} MiB free; free some, or choose another {}",
                  path, (bytes + kMebibyte - 1) / kMebibyte, room / kMebibyte, option));
}

}  // namespace wordfire
