// The most memory that this process ever had in use.
#pragma once

#include <sys/resource.h>

#include <cstdint>

namespace wordfire {

// AddressSanitizer keeps freed memory back, so there the number says nothing.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kMemoryCanBeMeasured = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kMemoryCanBeMeasured = false;
#else
inline constexpr bool kMemoryCanBeMeasured = true;
#endif
#else
inline constexpr bool kMemoryCanBeMeasured = true;
#endif

inline int64_t peak_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

// What loading a file of this size, whole or damaged, may take.
inline int64_t memory_bound(int64_t file_bytes) { return 2 * file_bytes + (int64_t{64} << 20); }

}  // namespace wordfire
