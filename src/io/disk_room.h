// Whether a disk has room, asked before hours of work.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace wordfire {

// Throws Error (io) when the file system of the folder of `path` has less than `bytes` free for
// this user; `option` is the one to change then. Says nothing where the file system does not tell.
void check_disk_room(const std::string& path, int64_t bytes, std::string_view option);

// Bytes that this user may still write to the file system of a folder; a large number where it does
// not tell.
[[nodiscard]] int64_t free_disk_space(const std::string& folder);

}  // namespace wordfire
