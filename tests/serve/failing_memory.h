// Memory that runs out for one thread, for a while. Replaces the program's operator new, so that
// one source file of a program at most includes this.
#pragma once

#include <cstdlib>
#include <limits>
#include <new>

namespace wordfire::serve {

inline constexpr long kEnough = std::numeric_limits<long>::max();
// How often this thread gets memory from now on.
inline thread_local long allocations_left = kEnough;
inline thread_local bool memory_was_out = false;

// Does `work`, which gets memory so often and never again; false where it threw bad_alloc.
template <typename Work>
bool done_with(long allocations, Work work) {
  memory_was_out = false;
  allocations_left = allocations;
  try {
    work();
    allocations_left = kEnough;
  } catch (const std::bad_alloc&) {
    allocations_left = kEnough;
    return false;
  }
  return true;
}

}  // namespace wordfire::serve

void* operator new(size_t bytes) {
  using namespace wordfire::serve;
  if (allocations_left == 0) {
    memory_was_out = true;
    throw std::bad_alloc();
  }
  if (allocations_left != kEnough) --allocations_left;
  void* const memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
