#include "cuda/word_grid.h"

#include <gtest/gtest.h>

namespace wordfire {
namespace {

constexpr int kMultiprocessors = 132;
constexpr WordGrid kMost{528, 4};

TEST(WordGrid, ALongTextTakesAllWarps) {
  const WordGrid grid = grid_for_text(kMost, int64_t{1} << 30, kMultiprocessors);
  EXPECT_EQ(grid.warps(), kMost.warps());
  EXPECT_EQ(grid.warps_of_block, 4);
}

TEST(WordGrid, AShortTextTakesFewWarpsOnAllMultiprocessors) {
  const WordGrid grid = grid_for_text(kMost, 300 * kTokensOfWarp, kMultiprocessors);
  EXPECT_EQ(grid.warps_of_block, 2);
  EXPECT_EQ(grid.blocks, 150);
}

TEST(WordGrid, TheShortestTakesOne) {
  EXPECT_EQ(grid_for_text(kMost, 10, kMultiprocessors).warps(), 1);
}

TEST(WordGrid, IsNeverLargerThanWhatTheGpuHolds) {
  for (int64_t tokens = 1; tokens < int64_t{1} << 40; tokens = tokens * 3 / 2 + 1) {
    const WordGrid grid = grid_for_text(kMost, tokens, kMultiprocessors);
    EXPECT_LE(grid.warps(), kMost.warps());
    EXPECT_GE(grid.warps(), 1);
  }
}

}  // namespace
}  // namespace wordfire
