// The memory that all requests and their answers may take together: bodies, what is made of them on
// the way to an answer, and answers that their clients have not taken yet.
#pragma once

#include <atomic>
#include <cstddef>

namespace wordfire::serve {

// Thread-safe.
class MemoryRoom {
 public:
  explicit MemoryRoom(size_t bytes) : size_(bytes), free_(static_cast<ptrdiff_t>(bytes)) {}

  // Bodies and answers up to here are not counted, since the number of connections bounds them; the
  // work on them is.
  static constexpr size_t kSmall = size_t{32} << 10;

  [[nodiscard]] size_t size() const { return size_; }

  // False, and nothing taken, if less is free.
  [[nodiscard]] bool take(size_t bytes) {
    const auto wanted = static_cast<ptrdiff_t>(bytes);
    ptrdiff_t now = free_.load(std::memory_order_relaxed);
    while (now >= wanted) {
      if (free_.compare_exchange_weak(now, now - wanted, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  // Takes it in any case; others find less.
  void take_anyway(size_t bytes) {
    free_.fetch_sub(static_cast<ptrdiff_t>(bytes), std::memory_order_relaxed);
  }
  void give_back(size_t bytes) {
    free_.fetch_add(static_cast<ptrdiff_t>(bytes), std::memory_order_relaxed);
  }

 private:
  const size_t size_;
  std::atomic<ptrdiff_t> free_;
};

}  // namespace wordfire::serve
