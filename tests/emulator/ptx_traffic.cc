#include "emulator/ptx_traffic.h"

#include <algorithm>
#include <bit>

namespace wordfire::emulator {
namespace {

constexpr std::uint32_t kBanks = 32;

template <class Visit>
void each_lane(std::uint32_t mask, Visit visit) {
  for (; mask != 0; mask &= mask - 1) visit(static_cast<std::uint32_t>(std::countr_zero(mask)));
}

// Words of one phase, sorted; the most that one bank has.
std::uint32_t fullest_bank(std::uint64_t* begin, std::uint64_t* end) {
  std::sort(begin, end);
  std::array<std::uint8_t, kBanks> words{};
  std::uint32_t most = 1;
  end = std::unique(begin, end);
  for (const std::uint64_t* word = begin; word != end; ++word) {
    most = std::max<std::uint32_t>(most, ++words[*word % kBanks]);
  }
  return most;
}

// Each lane takes what lies behind the lane before it, or what that one takes.
bool is_row(const LaneAddresses& addresses, std::uint32_t step) {
  bool row = true;
  for (std::uint32_t lane = 1; lane < kLanesOfWarp; ++lane) {
    row &= addresses[lane] == addresses[lane - 1] + step;
  }
  return row;
}

}  // namespace

std::uint32_t count_sectors(const LaneAddresses& addresses, std::uint32_t mask) {
  LaneAddresses sectors;
  std::uint32_t count = 0;
  bool sorted = true;
  each_lane(mask, [&](std::uint32_t lane) {
    const std::uint64_t sector = addresses[lane] / 32;
    if (count > 0 && sectors[count - 1] == sector) return;
    sorted &= count == 0 || sectors[count - 1] < sector;
    sectors[count++] = sector;
  });
  if (sorted) return count;
  std::sort(sectors.begin(), sectors.begin() + count);
  return static_cast<std::uint32_t>(std::unique(sectors.begin(), sectors.begin() + count) -
                                    sectors.begin());
}

std::uint32_t count_bank_conflicts(const LaneAddresses& addresses, std::uint32_t mask,
                                   std::uint32_t bytes) {
  if (mask == kAllLanes && (is_row(addresses, bytes) || is_row(addresses, 0))) return 0;
  const std::uint32_t words = std::max<std::uint32_t>(1, bytes / 4);
  const std::uint32_t lanes = kLanesOfWarp / words;
  std::uint32_t conflicts = 0;
  for (std::uint32_t first = 0; first < kLanesOfWarp; first += lanes) {
    std::array<std::uint64_t, kLanesOfWarp> touched;
    std::uint32_t count = 0;
    const std::uint32_t phase = (kAllLanes >> (kLanesOfWarp - lanes)) << first;
    each_lane(mask & phase, [&](std::uint32_t lane) {
      for (std::uint32_t i = 0; i < words; ++i) touched[count++] = addresses[lane] / 4 + i;
    });
    if (count > 0) conflicts += fullest_bank(touched.data(), touched.data() + count) - 1;
  }
  return conflicts;
}

}  // namespace wordfire::emulator
