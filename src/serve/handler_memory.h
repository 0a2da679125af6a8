// Memory for the handler of one operation at a time, kept for it, so that beginning the operation
// again cannot fail for want of memory: a clock goes on, whatever else the server lacks. Private to
// the server.
#pragma once

#include <boost/asio/bind_allocator.hpp>
#include <cstddef>
#include <memory>
#include <utility>

namespace wordfire::serve {

// Not thread-safe: operations begin and end on one thread. The memory lives as long as an operation
// that has it, wherever that waits.
class HandlerMemory {
 public:
  // The handler, with this memory.
  template <typename Handler>
  [[nodiscard]] auto hold(Handler handler) {
    return boost::asio::bind_allocator(Allocator<std::byte>(block_), std::move(handler));
  }

 private:
  static constexpr size_t kBytes = 512;  // waiting takes some 200

  struct Block {
    alignas(std::max_align_t) std::byte bytes[kBytes];
    bool taken = false;
  };

  // What Asio asks for memory.
  template <typename T>
  struct Allocator {
    using value_type = T;

    explicit Allocator(std::shared_ptr<Block> from) : block(std::move(from)) {}
    template <typename U>
    Allocator(const Allocator<U>& other) : block(other.block) {}
    bool operator==(const Allocator&) const = default;

    T* allocate(size_t count) {
      if (block->taken || count * sizeof(T) > kBytes) return std::allocator<T>().allocate(count);
      block->taken = true;
      return reinterpret_cast<T*>(block->bytes);
    }
    void deallocate(T* memory, size_t count) {
      if (memory != reinterpret_cast<T*>(block->bytes))
        return std::allocator<T>().deallocate(memory, count);
      block->taken = false;
    }

    std::shared_ptr<Block> block;
  };

  std::shared_ptr<Block> block_ = std::make_shared<Block>();
};

}  // namespace wordfire::serve
