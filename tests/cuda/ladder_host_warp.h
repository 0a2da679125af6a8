// A warp of the CPU for the kernels of the ladders in bench/gpu.
#pragma once

#include <cstdint>

#include "cuda/lanes.h"

namespace wordfire::ladder {

// Counts floats of rows that are read and added to.
class HostLadderWarp : public HostWarp {
 public:
  static int64_t& loads() {
    static int64_t loads = 0;
    return loads;
  }
  static int64_t& adds() {
    static int64_t adds = 0;
    return adds;
  }
  static Float4 load_row(const float* at) {
    loads() += 4;
    return HostWarp::load_row(at);
  }
  static void add_to_row(float* at, const Float4& x) {
    adds() += 4;
    HostWarp::add_to_row(at, x);
  }
  static float load_float(const float* at) {
    ++loads();
    return *at;
  }
  static void add_float(float* at, float x) {
    ++adds();
    *at += x;
  }
};

}  // namespace wordfire::ladder
