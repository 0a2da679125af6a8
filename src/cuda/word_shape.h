// Which kernel of word vectors a row's width needs.
#pragma once

#include <cstdint>

#include "core/host_device.h"

namespace wordfire {

inline constexpr int32_t kMostWordDim = 1024;

// Parts of 128 floats that a kernel holds a row in; 0: the row is too wide. width: padded_width().
[[nodiscard]] WORDFIRE_HD constexpr int word_parts(int32_t width) {
  if (width <= 512) return (width + 127) / 128;
  if (width <= 768) return 6;
  return width <= kMostWordDim ? 8 : 0;
}

// Targets and negatives whose rows and moves a warp holds in registers.
[[nodiscard]] WORDFIRE_HD constexpr int word_outputs(int parts) {
  if (parts <= 3) return 6;
  return parts == 4 ? 3 : 2;
}

// Inputs that step against them at once: two share the steps of a sum, where registers allow it.
[[nodiscard]] WORDFIRE_HD constexpr int word_inputs(int parts) { return parts <= 2 ? 2 : 1; }

}  // namespace wordfire
