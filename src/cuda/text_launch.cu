#include <string>

#include "core/error.h"
#include "cuda/text_kernel.cuh"
#include "cuda/text_launch.h"

namespace wordfire {
namespace {

using Kernel = void (*)(TextWork);

Kernel kernel_for(bool has_subwords) {
  return has_subwords ? train_text_lines<SubwordRows> : train_text_lines<PlainRows>;
}

// Lets the kernel have the shared memory that a layout wants.
void allow_shared(Kernel kernel, const TextLayout& layout) {
  const int most = device_attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin);
  if (layout.near_bytes() > most) {
    throw Error::usage("rows of " + std::to_string(layout.chunks * kChunk) +
                       " values are too long for this GPU: a line needs " +
                       std::to_string(layout.near_bytes()) +
                       " bytes of shared memory, and it has " + std::to_string(most) +
                       "; lower -dim, or train with -device cpu");
  }
  // All of it: the kernel may have launches of several layouts.
  check_cuda(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, most),
             "cudaFuncSetAttribute");
}

}  // namespace

int64_t most_text_blocks(const TextLayout& layout, bool has_subwords) {
  const Kernel kernel = kernel_for(has_subwords);
  allow_shared(kernel, layout);
  int blocks = 0;
  check_cuda(cudaOccupancyMaxActiveBlocksPerMultiprocessor(
                 &blocks, kernel, layout.lanes, static_cast<size_t>(layout.near_bytes())),
             "cudaOccupancyMaxActiveBlocksPerMultiprocessor");
  return int64_t{blocks} * device_attribute(cudaDevAttrMultiProcessorCount);
}

void launch_text(const TextWork& work, int64_t blocks, const Stream& stream) {
  const Kernel kernel = kernel_for(work.task.subwords.words > 0);
  const auto near_bytes = static_cast<size_t>(work.layout.near_bytes());
  kernel<<<static_cast<unsigned>(blocks), static_cast<unsigned>(work.layout.lanes), near_bytes,
           stream.get()>>>(work);
  check_launch("train_text_lines");
}

}  // namespace wordfire
