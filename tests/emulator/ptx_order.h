// Who goes next: in order, or at random as a seed says.
#pragma once

#include <bit>
#include <cstdint>

namespace wordfire::emulator {

class Order {
 public:
  explicit Order(std::uint64_t seed) : seed_(seed), state_(seed) {}

  [[nodiscard]] bool shuffled() const { return seed_ != 0; }
  // In [0, n), n > 0.
  std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>((next() >> 32) * n >> 32);
  }
  // Each bit is 0 or 1 alike.
  std::uint32_t bits() { return static_cast<std::uint32_t>(next() >> 32); }

 private:
  // Steele et al. 2014, "Fast Splittable Pseudorandom Number Generators".
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

  std::uint64_t seed_;
  std::uint64_t state_;
};

}  // namespace wordfire::emulator
