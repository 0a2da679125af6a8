// The kernel of word vectors: one warp a line, lines in the order of the text.
#pragma once

#include <cstdint>

#include "cuda/device_warp.cuh"
#include "cuda/word_launch.h"
#include "cuda/word_line.h"

namespace wordfire {

// Takes the next line; the same in all lanes.
__device__ inline int64_t take_line(unsigned long long* next) {
  unsigned long long line = 0;
  if (threadIdx.x % kLanes == 0) line = atomicAdd(next, 1ull);
  return static_cast<int64_t>(__shfl_sync(0xffffffffu, line, 0));
}

// Blocks that a multiprocessor should hold: as many as leave the registers that the rows need.
// Those of compute 8.6 and 8.9 have shared memory for two.
constexpr int blocks_for(int parts) {
#if defined(__CUDA_ARCH__) && (__CUDA_ARCH__ == 860 || __CUDA_ARCH__ == 890)
  constexpr int kOfNarrowRows = 2;
#else
  constexpr int kOfNarrowRows = 4;
#endif
  return parts == 1 ? kOfNarrowRows : 2;
}

constexpr int kMostThreads = kMostWarpsOfBlock * kLanes;

template <int parts, bool cbow>
__global__ void __launch_bounds__(kMostThreads, blocks_for(parts))
    train_words(const WordVectorTables tables, const WordLines lines, const WordPass pass,
                const WordWork work) {
  extern __shared__ float4 shared[];
  const int warp = static_cast<int>(threadIdx.x) / kLanes;
  const int64_t all = int64_t{blockIdx.x} * (blockDim.x / kLanes) + warp;
  auto* const memory = reinterpret_cast<char*>(shared) + warp * work.scratch_bytes;
  const WordScratch scratch = word_scratch(reinterpret_cast<float*>(memory),
                                           work.kept + all * work.longest, tables.width, tables.ws);
  WordLine<DeviceWarp, parts, cbow> trainer(tables, scratch);
  for (int64_t line = take_line(&work.state->next); line < work.end;
       line = take_line(&work.state->next)) {
    const int64_t begin = lines.begin_of(line);
    trainer.train(lines.words + begin, lines.end_of(line) - begin,
                  pass.rate.at(lines.tokens_of(line)), pass.draws_of(line), pass.others);
    if (!isfinite(trainer.loss().sum)) {
      if (threadIdx.x % kLanes == 0) {
        atomicMin(&work.state->diverged, static_cast<unsigned long long>(line));
      }
      break;
    }
  }
  if (threadIdx.x % kLanes != 0) return;
  atomicAdd(&work.state->loss_sum, trainer.loss().sum);
  atomicAdd(&work.state->losses, static_cast<unsigned long long>(trainer.loss().count));
}

}  // namespace wordfire
