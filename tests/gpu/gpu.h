// Tests that want a GPU are skipped where there is none, and say why.
#pragma once

#include <gtest/gtest.h>

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

}  // namespace wordfire
