// How long work ends early when it was asked to.
#pragma once

#include <atomic>
#include <exception>

namespace wordfire {

// Thrown out of reading and writing when the flag that they watch becomes true. No Error: whoever
// set the flag knows.
struct Stopped : std::exception {
  [[nodiscard]] const char* what() const noexcept override { return "stopped on request"; }
};

// Throws Stopped if `stop` is set.
inline void throw_if(const std::atomic<bool>& stop) {
  if (stop.load(std::memory_order_relaxed)) throw Stopped();
}

}  // namespace wordfire
