// Where the encoded corpus lies: in memory up to a budget, behind that in scratch files that have
// no name (they vanish with the process) and are mapped.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "core/error.h"

namespace wordfire {

// What is to be stored fits neither the memory nor the scratch space that it may take.
class StorageFull : public Error {
 public:
  using Error::Error;
};

// Counts what all arenas of a run hold.
class StorageBudget {
 public:
  // memory, scratch: bytes; scratch_dir: empty for none.
  StorageBudget(int64_t memory, std::string scratch_dir,
                int64_t scratch = std::numeric_limits<int64_t>::max())
      : memory_(memory), scratch_(scratch), scratch_dir_(std::move(scratch_dir)) {}

  [[nodiscard]] int64_t memory_limit() const { return memory_; }
  [[nodiscard]] int64_t memory_used() const { return memory_used_; }
  [[nodiscard]] int64_t scratch_used() const { return scratch_used_; }

 private:
  friend class StorageArena;
  int64_t memory_;
  int64_t scratch_;
  std::string scratch_dir_;
  std::mutex mutex_;
  int64_t memory_used_ = 0;
  int64_t scratch_used_ = 0;
};

// Hands out zeroed arrays that live as long as the arena. Thread-safe.
class StorageArena {
 public:
  explicit StorageArena(std::shared_ptr<StorageBudget> budget) : budget_(std::move(budget)) {}
  StorageArena(const StorageArena&) = delete;
  StorageArena& operator=(const StorageArena&) = delete;
  ~StorageArena();

  // Throws StorageFull when the budget is spent or the scratch disk is full, Error (io) when the
  // disk fails otherwise; the message says how much was wanted and which options help.
  template <typename T>
  [[nodiscard]] std::span<T> allocate(int64_t n) {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 16);
    return {static_cast<T*>(allocate_bytes(n * int64_t{sizeof(T)})), static_cast<size_t>(n)};
  }

  // A copy of `values` that lives as long as the arena. Throws as allocate().
  template <typename T>
  [[nodiscard]] std::span<T> keep(const std::vector<T>& values) {
    const std::span<T> kept = allocate<T>(static_cast<int64_t>(values.size()));
    std::copy(values.begin(), values.end(), kept.begin());
    return kept;
  }

 private:
  struct Chunk {
    char* data;
    int64_t bytes;
    bool scratch;
  };
  void* allocate_bytes(int64_t bytes);
  Chunk new_chunk(int64_t bytes);

  std::shared_ptr<StorageBudget> budget_;
  std::mutex mutex_;
  std::vector<Chunk> chunks_;
  int64_t used_of_last_ = 0;
};

}  // namespace wordfire
