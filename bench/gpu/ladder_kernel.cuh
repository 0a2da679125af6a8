// The rungs of word_ladder.h as kernels.
#pragma once

#include <cstdint>

#include "bench/gpu/ladder_warp.cuh"
#include "bench/gpu/word_ladder.h"
#include "cuda/word_kernel.cuh"

namespace wordfire::ladder {

// Of a warp, in shared memory.
template <class Kernel>
[[nodiscard]] inline int64_t scratch_bytes(const WordVectorTables& tables) {
  if (Kernel::kHasWindow) return word_scratch_bytes(tables.width, tables.ws, tables.neg);
  return (int64_t{kWordStepsDrawn} * tables.neg + 3) / 4 * 4 * int64_t{sizeof(float)};
}

template <class Kernel>
__global__ void __launch_bounds__(kMostThreads)
    climb(const WordVectorTables tables, const WordLines lines, const WordPass pass,
          const WordWork work) {
  extern __shared__ float4 shared[];
  const int warp = static_cast<int>(threadIdx.x) / kLanes;
  const int64_t all = int64_t{blockIdx.x} * (blockDim.x / kLanes) + warp;
  auto* const memory =
      reinterpret_cast<float*>(reinterpret_cast<char*>(shared) + warp * work.scratch_bytes);
  int32_t* const kept = work.kept + all * work.longest;
  WordScratch scratch{nullptr, nullptr, nullptr, reinterpret_cast<int32_t*>(memory), kept};
  if (Kernel::kHasWindow) scratch = word_scratch(memory, kept, tables.width, tables.ws);
  Kernel kernel(tables, scratch);
  for (int64_t line = take_line(&work.state->next); line < work.end;
       line = take_line(&work.state->next)) {
    const int64_t begin = lines.begin_of(line);
    kernel.train(lines.words + begin, lines.end_of(line) - begin,
                 pass.rate.at(lines.tokens_of(line)), pass.draws_of(line));
  }
}

}  // namespace wordfire::ladder
