// Random numbers. Every stream is named by (seed, ...): the same names give the same draws on any
// number of threads, and on any device that computes these integer formulas.
#pragma once

#include <cstdint>

#include "core/host_device.h"

namespace wordfire {

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64 bits that mixes well.
[[nodiscard]] WORDFIRE_HD constexpr uint64_t mix64(uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

inline constexpr uint64_t kGoldenGamma = 0x9e3779b97f4a7c15u;

// SplitMix64, begun at a point that depends on up to three names.
class Rng {
 public:
  WORDFIRE_HD constexpr explicit Rng(uint64_t seed, uint64_t stream = 0,
                                     uint64_t substream = 0) noexcept
      : state_(mix64(mix64(mix64(seed + kGoldenGamma) ^ stream) + kGoldenGamma * (substream + 1))) {
  }

  WORDFIRE_HD constexpr uint64_t next() noexcept { return mix64(state_ += kGoldenGamma); }

  // Uniform in [0, n), n >= 1 (multiply-shift; the bias is below 2^-32).
  WORDFIRE_HD constexpr uint32_t below(uint32_t n) noexcept {
    return static_cast<uint32_t>(((next() >> 32) * n) >> 32);
  }

  // Uniform in [0, 1), 24 bits.
  WORDFIRE_HD constexpr float uniform() noexcept {
    return static_cast<float>(next() >> 40) * 0x1p-24f;
  }

  // As after n draws: a stream can be entered anywhere, so that many can draw from it at once.
  WORDFIRE_HD constexpr void skip(uint64_t n) noexcept { state_ += kGoldenGamma * n; }

 private:
  uint64_t state_;
};

}  // namespace wordfire
