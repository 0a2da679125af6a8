// Tests that want a GPU are skipped where there is none, and say why. How large their texts may be
// is to be set, for GPUs that are emulated.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "cuda/cuda_device.h"

namespace wordfire {

class GpuTest : public testing::Test {
 protected:
  void SetUp() override {
    CudaSearch search = find_cuda_device(-1);
    if (!search.device) GTEST_SKIP() << search.reason;
    device_ = *search.device;
  }

  CudaDevice device_;
};

// So many lines of text, or as many as the variable WORDFIRE_GPU_LINES allows.
inline int lines_of_text(int lines) {
  const char* const most = std::getenv("WORDFIRE_GPU_LINES");
  return most == nullptr ? lines : std::min(lines, std::max(std::atoi(most), 1));
}

}  // namespace wordfire
