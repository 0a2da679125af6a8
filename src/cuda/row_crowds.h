// Rows that many warps move at once. Each of them has read the row before the others moved it, so
// that all make the step that one should make, and their sum goes too far: at 2,000 lines in flight
// frequent words would diverge. So a row that is pulled at by many moves by less: by what remains
// of a step when those before it have brought it nearer to rest (as ranks do, dist/curvature.h);
// crowd_share.h has the formula.
#pragma once

#include <cstdint>
#include <vector>

#include "core/backend.h"

namespace wordfire {

// How much one more warp pulls at each row, by learning rate 1.
struct RowCrowds {
  std::vector<float> input;   // [input rows]
  std::vector<float> output;  // [words]
};

// Of the loss by a score, on average: p (1 - p), times the squares of vectors.
inline constexpr double kWordCurvature = 0.1;

// From how often words and their n-grams are used, as targets, as negatives, and in windows.
[[nodiscard]] RowCrowds row_crowds(const WordVectorTask& task, double curvature = kWordCurvature);

}  // namespace wordfire
