// What a lane did wrong; the machine adds where.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace wordfire::emulator {

inline constexpr std::uint32_t kNoLane = ~std::uint32_t{0};

class LaneFault : public std::runtime_error {
 public:
  LaneFault(std::uint32_t lane, const std::string& what) : std::runtime_error(what), lane_(lane) {}
  [[nodiscard]] std::uint32_t lane() const { return lane_; }  // kNoLane: of no single one

 private:
  std::uint32_t lane_;
};

}  // namespace wordfire::emulator
