// CRC-32C (Castagnoli; RFC 3720, appendix B.4), which TFRecord files carry.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace wordfire {

namespace crc32c_detail {
// What a byte does to the remainder; bits run from the lowest to the highest.
consteval std::array<uint32_t, 256> make_table() {
  constexpr uint32_t kPolynomial = 0x82f63b78;
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) {
    uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) {
      remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? kPolynomial : 0);
    }
    table[byte] = remainder;
  }
  return table;
}
inline constexpr std::array<uint32_t, 256> kTable = make_table();
}  // namespace crc32c_detail

[[nodiscard]] constexpr uint32_t crc32c(std::string_view bytes) {
  uint32_t crc = ~uint32_t{0};
  for (const char byte : bytes) {
    crc = crc32c_detail::kTable[(crc ^ static_cast<uint8_t>(byte)) & 0xff] ^ (crc >> 8);
  }
  return ~crc;
}

}  // namespace wordfire
