// The words around a word that count as its context.
#pragma once

#include <cstdint>

#include "core/host_device.h"
#include "core/rng.h"

namespace wordfire {

// The positions around a centre: a width drawn from [1, ws] on each side, as far as the line goes.
struct Window {
  int64_t begin;
  int64_t end;
};
[[nodiscard]] WORDFIRE_HD inline Window draw_window(int64_t centre, int64_t words, int32_t ws,
                                                    Rng& rng) {
  const int64_t reach = 1 + rng.below(static_cast<uint32_t>(ws));
  const int64_t begin = centre - reach;
  const int64_t end = centre + reach + 1;
  return {begin > 0 ? begin : 0, end < words ? end : words};
}

}  // namespace wordfire
