// How much memory the machine grants this process.
#pragma once

#include <cstdint>

namespace wordfire {

// Bytes of memory that this process may use: physical memory, the cgroup's limit, the address-space
// limit.
[[nodiscard]] int64_t usable_memory();

}  // namespace wordfire
