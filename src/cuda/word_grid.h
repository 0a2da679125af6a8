// How many warps train word vectors at once.
#pragma once

#include <algorithm>
#include <cstdint>

namespace wordfire {

struct WordGrid {
  int blocks = 0;
  int warps_of_block = 0;

  [[nodiscard]] int64_t warps() const { return int64_t{blocks} * warps_of_block; }
};

// Lines that are trained at once do not see each other's moves. Of 4.3 million words, dim 100, one
// epoch, in bench/gpu/word_staleness: 528 warps, of 8,192 words each, reach MEN 0.239 where one
// reaches 0.247; 1,056 reach 0.222 and 2,112 0.213.
inline constexpr int64_t kTokensOfWarp = 8192;

// Part of a grid, as large as a text of epoch_tokens tokens bears, spread over the multiprocessors.
[[nodiscard]] inline WordGrid grid_for_text(const WordGrid& most, int64_t epoch_tokens,
                                            int multiprocessors) {
  const int64_t warps = std::clamp<int64_t>(epoch_tokens / kTokensOfWarp, 1, most.warps());
  const int64_t of_block =
      std::clamp<int64_t>(warps / multiprocessors, 1, int64_t{most.warps_of_block});
  return {static_cast<int>(warps / of_block), static_cast<int>(of_block)};
}

}  // namespace wordfire
