// Whether a disk has room, asked before hours of work.
#pragma once

#include <cstdint>
#include <string>

namespace wordfire {

// Throws Error (io) when the file system of the folder of `path` has less than `bytes` free for
// this user. Says nothing where the file system does not tell.
void check_disk_room(const std::string& path, int64_t bytes);

}  // namespace wordfire
