// XXH3 (64 bits) of bytes that come in pieces: what manifests and checkpoints carry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct XXH3_state_s;

namespace wordfire {

class Checksum {
 public:
  Checksum();

  void add(std::span<const std::byte> bytes);
  // The bytes of numbers, in the order of memory.
  template <typename T>
  void add_values(std::span<T> values) {
    add(std::as_bytes(values));
  }
  // Of everything added so far.
  [[nodiscard]] uint64_t value() const;

 private:
  struct Free {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Free> state_;
};

}  // namespace wordfire
