// Zeroed memory for large tables that are read here and there: in pages of 2 MiB, where the system
// has them, an address is translated without a walk through tables that fill the cache themselves.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstring>
#include <new>

namespace wordfire {

// An allocator: containers of T whose initial value is all zero bytes. It leaves new elements as
// they come from the system, which saves writing them a second time.
template <typename T>
struct HugePages {
  using value_type = T;  // NOLINT: the name that allocators have
  static constexpr size_t kPage = size_t{2} << 20;

  HugePages() = default;
  template <typename Other>
  HugePages(const HugePages<Other>&) {}  // NOLINT: allocators convert

  [[nodiscard]] T* allocate(size_t n) {
    const size_t bytes = n * sizeof(T);
    if (bytes < kPage) {
      void* const memory = ::operator new (bytes, std::align_val_t{alignof(T)});
      return static_cast<T*>(std::memset(memory, 0, bytes));
    }
    void* const memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    (void)madvise(memory, bytes, MADV_HUGEPAGE);  // advice: failure changes speed alone
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, size_t n) {
    const size_t bytes = n * sizeof(T);
    if (bytes < kPage) return ::operator delete (memory, std::align_val_t{alignof(T)});
    munmap(memory, bytes);
  }
  // Nothing: the memory is zero, which is the initial value.
  template <typename Element>
  void construct(Element*) {}

  friend bool operator==(const HugePages&, const HugePages&) { return true; }
};

}  // namespace wordfire
