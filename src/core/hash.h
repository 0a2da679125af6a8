// FNV-1a over signed bytes: the hash of fastText's words and n-grams. It is fixed by the model
// format (Joulin et al., arXiv:1607.01759, section 2, "hashing trick"; fastText sign-extends each
// byte).
#pragma once

#include <cstdint>
#include <string_view>

namespace wordfire {

inline constexpr uint32_t kFnvOffset = 2166136261u;
inline constexpr uint32_t kFnvPrime = 16777619u;

// One step, for callers that hash a growing string.
[[nodiscard]] constexpr uint32_t fnv1a_step(uint32_t hash, char byte) noexcept {
  return (hash ^ static_cast<uint32_t>(static_cast<int8_t>(byte))) * kFnvPrime;
}

[[nodiscard]] constexpr uint32_t fnv1a(std::string_view text) noexcept {
  uint32_t hash = kFnvOffset;
  for (const char byte : text) hash = fnv1a_step(hash, byte);
  return hash;
}

}  // namespace wordfire
