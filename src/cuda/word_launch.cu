#include <cuda_runtime_api.h>

#include <string>

#include "core/error.h"
#include "cuda/word_kernel.cuh"
#include "cuda/word_launch.h"
#include "cuda/word_scratch.h"
#include "cuda/word_shape.h"

namespace wordfire {
namespace {

using WordKernel = void (*)(WordVectorTables, WordLines, WordPass, WordWork);

template <int parts>
WordKernel kernel_of(ModelKind model) {
  return model == ModelKind::kCbow ? train_words<parts, true> : train_words<parts, false>;
}

WordKernel find_kernel(int32_t width, ModelKind model) {
  switch (word_parts(width)) {
    case 1:
      return kernel_of<1>(model);
    case 2:
      return kernel_of<2>(model);
    case 3:
      return kernel_of<3>(model);
    case 4:
      return kernel_of<4>(model);
    case 6:
      return kernel_of<6>(model);
    case 8:
      return kernel_of<8>(model);
    default:
      return nullptr;
  }
}

size_t bytes_of_block(const WordVectorTables& tables, int warps) {
  return static_cast<size_t>(warps * word_scratch_bytes(tables.width, tables.ws, tables.neg));
}

// Blocks of so many warps that a multiprocessor holds.
int blocks_of(WordKernel kernel, int warps, size_t bytes) {
  int blocks = 0;
  check_cuda(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, warps * kLanes, bytes),
             "cudaOccupancyMaxActiveBlocksPerMultiprocessor");
  return blocks;
}

[[noreturn]] void fail_too_wide(const WordVectorTables& tables, size_t most) {
  throw Error::usage("-dim " + std::to_string(tables.dim) + " with -ws " +
                     std::to_string(tables.ws) + ": a window takes " +
                     std::to_string(bytes_of_block(tables, 1) >> 10) + " KiB, this GPU has " +
                     std::to_string(most >> 10) +
                     "; lower -ws, -neg or -dim, or choose -device cpu");
}

}  // namespace

WordGrid plan_word_grid(const WordVectorTables& tables, ModelKind model) {
  const WordKernel kernel = find_kernel(tables.width, model);
  const auto most = static_cast<size_t>(device_attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin));
  const int multiprocessors = device_attribute(cudaDevAttrMultiProcessorCount);
  check_cuda(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                  static_cast<int>(most)),
             "cudaFuncSetAttribute");
  // The first-level cache has little to hold: rows are read past it.
  check_cuda(cudaFuncSetAttribute(kernel, cudaFuncAttributePreferredSharedMemoryCarveout,
                                  cudaSharedmemCarveoutMaxShared),
             "cudaFuncSetAttribute");
  WordGrid best;
  for (int warps = 1; warps <= kMostWarpsOfBlock; ++warps) {
    const size_t bytes = bytes_of_block(tables, warps);
    if (bytes > most) break;
    const WordGrid grid{multiprocessors * blocks_of(kernel, warps, bytes), warps};
    if (grid.warps() >= best.warps()) best = grid;
  }
  if (best.warps() == 0) fail_too_wide(tables, most);
  return best;
}

void launch_words(const WordGrid& grid, const WordVectorTables& tables, const WordLines& lines,
                  const WordPass& pass, const WordWork& work, ModelKind model,
                  const Stream& stream) {
  const WordKernel kernel = find_kernel(tables.width, model);
  kernel<<<static_cast<unsigned>(grid.blocks), static_cast<unsigned>(grid.warps_of_block * kLanes),
           bytes_of_block(tables, grid.warps_of_block), stream.get()>>>(tables, lines, pass, work);
  check_launch("train_words");
}

}  // namespace wordfire
