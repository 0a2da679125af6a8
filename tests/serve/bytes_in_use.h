// What the program has of memory that it did not give back.
#pragma once

#include <malloc.h>

#include <cstddef>

namespace wordfire::serve {

inline size_t bytes_in_use() {
  const struct mallinfo2 now = ::mallinfo2();
  return now.uordblks + now.hblkhd;
}

}  // namespace wordfire::serve
