// Rows spread over a warp as plain kernels have them: the same functions as cuda/row_lanes.h, which
// takes four floats at a time.
#pragma once

#include <cstdint>

#include "cuda/lanes.h"

namespace wordfire::ladder {

inline constexpr int32_t kMostFloats = 128;  // of a row

// A row as a lane's every 32nd float, read and added to one by one.
template <class Warp>
class ScalarRows {
 public:
  template <typename T>
  using Lanes = typename Warp::template Lanes<T>;
  static constexpr int kFloats = kMostFloats / kLanes;
  struct Row {
    Lanes<float> part[kFloats];
  };

  WORDFIRE_WARP explicit ScalarRows(int32_t width) : width_(width) {}

  [[nodiscard]] WORDFIRE_WARP float* row(float* rows, int32_t id) const {
    return rows + static_cast<int64_t>(id) * width_;
  }
  [[nodiscard]] WORDFIRE_WARP Row load_shared(const float* row) const {
    Row values;
    WORDFIRE_UNROLL
    for (int p = 0; p < kFloats; ++p) {
      values.part[p] = Warp::each([&](int lane) {
        const int at = p * kLanes + lane;
        return at < width_ ? Warp::load_float(row + at) : 0.0f;
      });
    }
    return values;
  }
  WORDFIRE_WARP void add_to_shared(float* row, const Row& x) const {
    WORDFIRE_UNROLL
    for (int p = 0; p < kFloats; ++p) {
      Warp::each([&](int lane) {
        const int at = p * kLanes + lane;
        if (at < width_) Warp::add_float(row + at, Warp::at(x.part[p], lane));
      });
    }
  }

  [[nodiscard]] WORDFIRE_WARP static Row zero() {
    Row row;
    WORDFIRE_UNROLL
    for (int p = 0; p < kFloats; ++p) row.part[p] = Warp::each([](int) { return 0.0f; });
    return row;
  }
  // y += alpha * x.
  WORDFIRE_WARP static void add(Row& y, float alpha, const Row& x) {
    WORDFIRE_UNROLL
    for (int p = 0; p < kFloats; ++p) {
      y.part[p] = Warp::each(
          [&](int lane) { return Warp::at(y.part[p], lane) + alpha * Warp::at(x.part[p], lane); });
    }
  }
  [[nodiscard]] WORDFIRE_WARP static Row scaled(const Row& x, float factor) {
    Row y;
    WORDFIRE_UNROLL
    for (int p = 0; p < kFloats; ++p) {
      y.part[p] = Warp::each([&](int lane) { return factor * Warp::at(x.part[p], lane); });
    }
    return y;
  }
  [[nodiscard]] WORDFIRE_WARP static Lanes<float> products(const Row& a, const Row& b) {
    return Warp::each([&](int lane) {
      float sum = 0;
      WORDFIRE_UNROLL
      for (int p = 0; p < kFloats; ++p)
        sum += Warp::at(a.part[p], lane) * Warp::at(b.part[p], lane);
      return sum;
    });
  }

 private:
  int32_t width_;
};

}  // namespace wordfire::ladder
