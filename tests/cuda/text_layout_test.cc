#include "cuda/text_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace wordfire {
namespace {

std::vector<TextShape> shapes() {
  std::vector<TextShape> all;
  for (const int32_t dim : {1, 4, 5, 10, 16, 33, 100, 300, 512, 1000, 4000}) {
    for (const int64_t outputs : {0, 1, 6, 14, 255, 256, 257, 735, 300'000}) {
      for (const double features : {0.0, 1.0, 20.0, 100.0, 5000.0}) {
        all.push_back({dim, outputs, features});
      }
    }
  }
  return all;
}

TEST(TextLayout, ATeamIsWholeWarpsAndReadsNoMoreRowsThanItHasLanesFor) {
  for (const TextShape& shape : shapes()) {
    const TextLayout layout = plan_text_layout(shape);
    EXPECT_EQ(layout.lanes % 32, 0);
    EXPECT_GE(layout.lanes, 32);
    EXPECT_LE(layout.lanes, kMostTextLanes);
    EXPECT_GE(layout.chunks * kChunk, shape.dim);
    EXPECT_GE(layout.rows_at_once, 1);
    EXPECT_TRUE(layout.rows_at_once == 1 || layout.rows_at_once * layout.chunks <= layout.lanes);
    EXPECT_GE(layout.dots, layout.lanes);  // or a row's parts had no place
  }
}

TEST(TextLayout, LinesOfMoreWorkHaveMoreLanes) {
  EXPECT_EQ(plan_text_layout({10, 14, 100}).lanes, 32);
  EXPECT_EQ(plan_text_layout({300, 300'000, 100}).lanes, kMostTextLanes);
  EXPECT_GT(plan_text_layout({50, 735, 10}).lanes, plan_text_layout({50, 5, 10}).lanes);
}

TEST(TextLayout, ItemsAreRowsAndChunks) {
  for (const TextShape& shape : shapes()) {
    const TextLayout layout = plan_text_layout(shape);
    for (int32_t item = 0; item < layout.rows_at_once * layout.chunks; ++item) {
      ASSERT_EQ(layout.row_of(item), item / layout.chunks) << shape.dim << " " << item;
    }
  }
}

// The ends of the parts of a team's memory, and where each begins.
struct Part {
  const std::byte* begin;
  int64_t bytes;
};

template <typename T>
Part part(const T* begin, int64_t n) {
  return {reinterpret_cast<const std::byte*>(begin), n * int64_t{sizeof(T)}};
}

std::vector<Part> parts_of(const TextLayout& layout, const TeamScratch& scratch) {
  return {part(scratch.hidden, layout.chunks),
          part(scratch.gradient, layout.chunks),
          part(scratch.partial, layout.rows_at_once * layout.chunks),
          part(scratch.kept, layout.kept),
          part(scratch.sums, layout.lanes),
          part(scratch.dots, layout.dots),
          part(scratch.staged, layout.staged),
          part(scratch.units, layout.outputs),
          part(scratch.alpha, layout.outputs)};
}

TEST(TextLayout, PartsLieOneBehindTheOtherWithinTheirMemory) {
  for (const TextShape& shape : shapes()) {
    const TextLayout layout = plan_text_layout(shape);
    std::vector<Float4> near(static_cast<size_t>(layout.near_bytes() + 15) / sizeof(Float4));
    std::vector<Float4> far(static_cast<size_t>(layout.far_bytes() + 15) / sizeof(Float4));
    const auto parts = parts_of(layout, layout.carve(near.data(), far.data()));
    int64_t near_bytes = 0;
    int64_t far_bytes = 0;
    for (size_t i = 0; i < parts.size(); ++i) {
      const bool is_near = i < 7 || layout.outputs_are_near;
      const auto* const memory =
          reinterpret_cast<const std::byte*>(is_near ? near.data() : far.data());
      int64_t& at = is_near ? near_bytes : far_bytes;
      ASSERT_EQ(parts[i].begin - memory, at) << i;
      at += parts[i].bytes;
    }
    EXPECT_EQ(near_bytes, layout.near_bytes());
    EXPECT_LE(far_bytes, layout.far_bytes());
    EXPECT_LT(layout.far_bytes(), far_bytes + 16);
  }
}

TEST(TextLayout, SixteenTeamsOfOneWarpFitIntoTheSmallestMultiprocessor) {
  EXPECT_LE(16 * plan_text_layout({10, 14, 100}).near_bytes(), 64 << 10);
}

// Without asking for more than every GPU gives a block.
TEST(TextLayout, UsualRowsNeedNoMoreThan48KiB) {
  for (const TextShape& shape : shapes()) {
    if (shape.dim > 1000) continue;
    EXPECT_LE(plan_text_layout(shape).near_bytes(), 48 << 10) << shape.dim;
  }
}

}  // namespace
}  // namespace wordfire
