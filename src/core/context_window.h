// The words around a word that count as its context.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/rng.h"

namespace wordfire {

// The positions around a centre: a width drawn from [1, ws] on each side, as far as the line goes.
struct Window {
  int64_t begin;
  int64_t end;
};
[[nodiscard]] inline Window draw_window(int64_t centre, int64_t words, int32_t ws, Rng& rng) {
  const int64_t reach = 1 + rng.below(static_cast<uint32_t>(ws));
  return {std::max<int64_t>(0, centre - reach), std::min(words, centre + reach + 1)};
}

}  // namespace wordfire
