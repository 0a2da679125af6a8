// Starting the kernels of word vectors: which one a task needs, and how many warps of it the GPU
// holds.
#pragma once

#include <cstdint>

#include "core/options.h"
#include "cuda/device_memory.h"
#include "cuda/word_grid.h"
#include "cuda/word_text.h"

namespace wordfire {

// A block has as many warps as fit, but not more: they share nothing.
inline constexpr int kMostWarpsOfBlock = 4;

// What the warps of a launch share besides the weights.
struct WordState {
  unsigned long long next;      // the first line that no warp has taken
  unsigned long long diverged;  // the first line whose loss was not a number; all ones: none
  unsigned long long losses;    // how many loss_sum has
  double loss_sum;
};

struct WordWork {
  int64_t end = 0;            // behind the last line
  int64_t longest = 0;        // words of a line, at most
  int64_t scratch_bytes = 0;  // of a warp, in shared memory
  int32_t* kept = nullptr;    // [warps, longest]
  WordState* state = nullptr;
};

// As many as the current GPU holds, of rows of at most kMostWordDim values. Throws Error (usage)
// when not one warp fits, because of a wide window of long rows.
// model: skipgram or CBOW.
[[nodiscard]] WordGrid plan_word_grid(const WordVectorTables& tables, ModelKind model);

// Queues the training of lines [work.state->next, work.end).
void launch_words(const WordGrid& grid, const WordVectorTables& tables, const WordLines& lines,
                  const WordPass& pass, const WordWork& work, ModelKind model,
                  const Stream& stream);

}  // namespace wordfire
