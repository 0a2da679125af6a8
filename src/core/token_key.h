// The first 16 bytes of a token as two numbers: nearly all tokens are that short, and are then
// hashed and compared without a loop or a branch on their length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace wordfire {

// Bytes 0 to 7 and 8 to 15 of a token, zeros behind a shorter one. No token holds a zero byte, so a
// key that ends in zero is the whole token.
struct TokenKey {
  static constexpr size_t kBytes = 16;
  uint64_t low = 0;
  uint64_t high = 0;

  [[nodiscard]] bool is_whole() const { return high >> 56 == 0; }
  friend bool operator==(const TokenKey&, const TokenKey&) = default;
};

[[nodiscard]] inline uint64_t load_bytes_of_key(const char* bytes) {
  uint64_t value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

// Key of a token behind whose first byte 16 bytes may be read.
[[nodiscard]] inline TokenKey padded_token_key(std::string_view token) {
  // Shifts by 64 are taken in two steps, since the processor takes them for 0.
  const size_t size = token.size() < TokenKey::kBytes ? token.size() : TokenKey::kBytes;
  const size_t in_low = size < 8 ? size : 8;
  const size_t unused_low = 64 - 8 * in_low;
  const size_t unused_high = 64 - 8 * (size - in_low);
  const auto keep = [](uint64_t bytes, size_t unused) {
    const uint64_t mask = ~uint64_t{0} >> (unused / 2) >> (unused - unused / 2);
    return bytes & mask;
  };
  return {keep(load_bytes_of_key(token.data()), unused_low),
          keep(load_bytes_of_key(token.data() + 8), unused_high)};
}

[[nodiscard]] inline TokenKey token_key(std::string_view token) {
  char bytes[TokenKey::kBytes] = {};
  if (!token.empty()) {
    std::memcpy(bytes, token.data(), token.size() < sizeof(bytes) ? token.size() : sizeof(bytes));
  }
  return {load_bytes_of_key(bytes), load_bytes_of_key(bytes + 8)};
}

// A hash for the keys of tokens of up to 16 bytes: two rounds of multiplying and folding
// (constants: the golden ratio and those of Murmur3's finaliser).
[[nodiscard]] inline uint64_t hash_of_key(TokenKey key) {
  uint64_t hash = key.low * 0x9E3779B97F4A7C15u;
  hash ^= (hash >> 32) ^ (key.high * 0xFF51AFD7ED558CCDu);
  hash ^= hash >> 29;
  hash *= 0xC4CEB9FE1A85EC53u;
  return hash ^ (hash >> 32);
}

}  // namespace wordfire
