// The working memory of the team that trains a line: how much of what, and where.
#pragma once

#include <cstdint>

#include "core/host_device.h"
#include "cuda/lanes.h"

namespace wordfire {

// Rows are read and moved in chunks of four values.
inline constexpr int32_t kChunk = 4;

// One team's. `units` and `alpha` have an entry for every output row that a line moves.
struct TeamScratch {
  Float4* hidden;    // [chunks]
  Float4* gradient;  // [chunks], of the hidden vector
  Float4* partial;   // [rows_at_once * chunks]
  Float4* kept;      // [kept] output rows as they were read
  float* sums;       // [lanes]
  float* dots;       // [dots]
  int32_t* staged;   // [staged] features
  int32_t* units;    // [outputs]
  float* alpha;      // [outputs]
};

// Threads of a block, at most.
inline constexpr int32_t kMostTextLanes = 512;

struct TextLayout {
  int32_t lanes = 32;         // of a team
  int32_t chunks = 1;         // of a row
  int32_t rows_at_once = 32;  // that the team reads at a time: rows_at_once * chunks items
  int32_t reciprocal = 0;     // of chunks, in 2^-20
  int32_t kept = 0;
  int32_t dots = 0;
  int32_t staged = 0;
  int64_t outputs = 0;
  bool outputs_are_near = true;  // units and alpha lie beside the rest, or in memory of their own

  // Bytes beside the team, and of the memory farther off: a team's.
  [[nodiscard]] int64_t near_bytes() const;
  [[nodiscard]] int64_t far_bytes() const;

  // Row of the team's item [0, rows_at_once * chunks).
  [[nodiscard]] WORDFIRE_HD int32_t row_of(int32_t item) const {
    constexpr int kShift = 20;
    return rows_at_once == 1 ? 0 : (item * reciprocal) >> kShift;
  }

  // near: near_bytes(), far: far_bytes(), both aligned to 16.
  [[nodiscard]] WORDFIRE_HD TeamScratch carve(void* near, void* far) const {
    auto* const chunk = static_cast<Float4*>(near);
    TeamScratch scratch{};
    scratch.hidden = chunk;
    scratch.gradient = scratch.hidden + chunks;
    scratch.partial = scratch.gradient + chunks;
    scratch.kept = scratch.partial + rows_at_once * chunks;
    scratch.sums = reinterpret_cast<float*>(scratch.kept + kept);
    scratch.dots = scratch.sums + lanes;
    scratch.staged = reinterpret_cast<int32_t*>(scratch.dots + dots);
    scratch.units = outputs_are_near ? scratch.staged + staged : static_cast<int32_t*>(far);
    scratch.alpha = reinterpret_cast<float*>(scratch.units + outputs);
    return scratch;
  }
};

// What a job asks of its teams.
struct TextShape {
  int32_t dim = 0;
  int64_t outputs = 0;  // output rows that a line moves, at most
  double features = 0;  // of a line, on the average
};

[[nodiscard]] TextLayout plan_text_layout(const TextShape& shape);

}  // namespace wordfire
