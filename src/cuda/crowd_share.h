// How far a row moves that many warps move at once; see row_crowds.h.
#pragma once

#include <cmath>

#include "core/host_device.h"

namespace wordfire {

// The share of its move that each of many makes who all together pull `pull` times a row's distance
// from rest: (1 - exp(-pull)) / pull, the mean of the steps if they came one after the other.
[[nodiscard]] WORDFIRE_HD inline float crowd_share(float pull) {
  return pull < 1e-3f ? 1 - pull / 2 : (1 - std::exp(-pull)) / pull;
}

}  // namespace wordfire
