#include "core/usable_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>

namespace wordfire {
namespace {

int64_t limit_in_file(const char* path) {
  std::ifstream file(path);
  int64_t limit = 0;
  return file >> limit && limit > 0 ? limit : std::numeric_limits<int64_t>::max();
}

}  // namespace

int64_t usable_memory() {
  int64_t bytes = int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  bytes = std::min(bytes, limit_in_file("/sys/fs/cgroup/memory.max"));
  bytes = std::min(bytes, limit_in_file("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    bytes = std::min(bytes, static_cast<int64_t>(limit.rlim_cur));
  }
  return bytes;
}

}  // namespace wordfire
