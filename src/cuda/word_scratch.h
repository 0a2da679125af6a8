// The working memory of a warp that trains word vectors.
#pragma once

#include <cstdint>

#include "core/host_device.h"
#include "cuda/word_text.h"

namespace wordfire {

struct WordScratch {
  float* now;          // [slots, width] the vectors of the words around the centre
  float* first;        // [slots, width] as they were when they entered
  int32_t* rows;       // [slots] input rows that a vector consists of
  int32_t* negatives;  // [kWordStepsDrawn, neg] drawn
  int32_t* kept;       // [longest line] the words that subsampling leaves
};

// Words whose vectors are in use at a time: a window, and the word that enters before another
// leaves, as on the CPU.
[[nodiscard]] WORDFIRE_HD inline int32_t word_slots(int32_t ws) { return 2 * ws + 2; }

// Bytes of all but `kept`, a multiple of 16.
[[nodiscard]] WORDFIRE_HD inline int64_t word_scratch_bytes(int32_t width, int32_t ws,
                                                            int32_t neg) {
  const int64_t slots = word_slots(ws);
  const int64_t words = 2 * slots * width + slots + int64_t{kWordStepsDrawn} * neg;
  return (words + 3) / 4 * 4 * int64_t{sizeof(float)};
}

// In `memory` of word_scratch_bytes(), aligned to 16 bytes, and `kept`.
[[nodiscard]] WORDFIRE_HD inline WordScratch word_scratch(float* memory, int32_t* kept,
                                                          int32_t width, int32_t ws) {
  const int64_t slots = word_slots(ws);
  auto* const ids = reinterpret_cast<int32_t*>(memory + 2 * slots * width);
  return {memory, memory + slots * width, ids, ids + slots, kept};
}

}  // namespace wordfire
