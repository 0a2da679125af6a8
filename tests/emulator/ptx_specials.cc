#include "emulator/ptx_specials.h"

namespace wordfire::emulator {
namespace {

std::uint32_t value_of(Special which, unsigned axis, std::uint32_t lane, const WarpPlace& place) {
  const std::uint32_t thread = place.warp * kLanesOfWarp + lane;
  const auto [x, y, z] = place.block;
  const std::array<std::uint32_t, 3> tid{thread % x, thread / x % y, thread / x / y % z};
  switch (which) {
    case Special::kTid:
      return tid[axis];
    case Special::kNtid:
      return place.block[axis];
    case Special::kCtaid:
      return place.block_index[axis];
    case Special::kNctaid:
      return place.grid[axis];
    case Special::kLaneid:
      return lane;
    case Special::kWarpid:
      return place.warp;
  }
  return 0;
}

}  // namespace

void write_specials(const PtxCode& code, const WarpPlace& place, const Rows& rows) {
  for (const SpecialRow& row : code.specials) {
    auto* const values = rows.write<std::uint32_t>(row.slot);
    for (std::uint32_t lane = 0; lane < kLanesOfWarp; ++lane) {
      values[lane] = value_of(row.which, row.axis, lane, place);
    }
  }
}

}  // namespace wordfire::emulator
