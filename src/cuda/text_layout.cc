#include "cuda/text_layout.h"

#include <algorithm>
#include <bit>

namespace wordfire {
namespace {

constexpr int32_t kWarp = 32;
// A row's parts are summed up by one lane: more of them would make the others wait for it.
constexpr int32_t kMostRowsAtOnce = 32;
// Entries of units and alpha that may lie near: a team of one warp should leave room for fifteen
// others beside it in the 64 KiB of the smallest multiprocessor (7.5).
constexpr int64_t kNearOutputs = 256;
constexpr int32_t kStaged = 256;
// Chunks of output rows that are kept as they were read, 16 KiB: more rows are read again.
constexpr int64_t kMostKept = 1024;
constexpr int32_t kDotsOfLane = 4;
// Chunks that a lane works on in a line before another lane is worth its barriers.
constexpr double kWorkOfLane = 64;

int32_t lanes_for(const TextShape& shape, int32_t chunks) {
  // An output row is read twice and moved, an input row read and moved.
  const double work =
      chunks * (2 * shape.features + 3 * static_cast<double>(shape.outputs)) / kWorkOfLane;
  const auto wanted = static_cast<uint32_t>(std::clamp<double>(work, kWarp, kMostTextLanes));
  const auto lanes = static_cast<int32_t>(std::bit_floor(wanted));
  // Lanes beyond these would find no items in a gather.
  return std::clamp(lanes, kWarp, std::max(kWarp, chunks * kMostRowsAtOnce / kWarp * kWarp));
}

}  // namespace

int64_t TextLayout::near_bytes() const {
  const int64_t all_chunks = 2 * int64_t{chunks} + int64_t{rows_at_once} * chunks + kept;
  const int64_t words = int64_t{lanes} + dots + staged + (outputs_are_near ? 2 * outputs : 0);
  return all_chunks * int64_t{sizeof(Float4)} + words * int64_t{sizeof(float)};
}

int64_t TextLayout::far_bytes() const {
  if (outputs_are_near) return 0;
  const auto align = int64_t{sizeof(Float4)};
  return (2 * outputs * int64_t{sizeof(float)} + align - 1) / align * align;
}

TextLayout plan_text_layout(const TextShape& shape) {
  TextLayout layout;
  layout.chunks = (shape.dim + kChunk - 1) / kChunk;
  layout.lanes = lanes_for(shape, layout.chunks);
  layout.rows_at_once = std::clamp(layout.lanes / layout.chunks, 1, kMostRowsAtOnce);
  layout.reciprocal = (1 << 20) / layout.chunks + 1;
  const int64_t moved = shape.outputs * layout.chunks;
  layout.kept = moved <= kMostKept ? static_cast<int32_t>(moved) : 0;
  layout.dots = layout.lanes * kDotsOfLane;
  layout.staged = kStaged;
  layout.outputs = shape.outputs;
  layout.outputs_are_near = shape.outputs <= kNearOutputs;
  return layout;
}

}  // namespace wordfire
