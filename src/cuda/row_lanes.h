// Rows of floats spread over the lanes of a warp: four floats a lane, then the next 128.
#pragma once

#include <cstdint>

#include "cuda/lane_sums.h"
#include "cuda/lanes.h"

namespace wordfire {

// A vector of up to parts * 128 floats.
template <class Warp, int parts>
struct RowLanes {
  typename Warp::template Lanes<Float4> part[parts];
};

// Floats of a part.
inline constexpr int kPartFloats = 4 * kLanes;

template <class Warp, int parts>
class RowAccess {
 public:
  template <typename T>
  using Lanes = typename Warp::template Lanes<T>;
  using Row = RowLanes<Warp, parts>;

  // width: floats of every row, a multiple of 4.
  WORDFIRE_WARP explicit RowAccess(int32_t width) : width_(width) {}

  [[nodiscard]] WORDFIRE_WARP float* row(float* rows, int32_t id) const {
    return rows + static_cast<int64_t>(id) * width_;
  }

  // A row that other warps change meanwhile.
  [[nodiscard]] WORDFIRE_WARP Row load_shared(const float* row) const {
    return load(row, [](const float* at) { return Warp::load_row(at); });
  }
  // A row of the warp's own.
  [[nodiscard]] WORDFIRE_WARP Row load_own(const float* row) const {
    return load(row, [](const float* at) { return *reinterpret_cast<const Float4*>(at); });
  }
  WORDFIRE_WARP void store_own(float* row, const Row& x) const {
    for_each_own(x, [row](int offset, const Float4& value) {
      *reinterpret_cast<Float4*>(row + offset) = value;
    });
  }
  // row += x, of a row that other warps change meanwhile.
  WORDFIRE_WARP void add_to_shared(float* row, const Row& x) const {
    for_each_own(x,
                 [row](int offset, const Float4& value) { Warp::add_to_row(row + offset, value); });
  }

  [[nodiscard]] WORDFIRE_WARP static Row zero() {
    Row row;
    WORDFIRE_UNROLL
    for (int p = 0; p < parts; ++p) row.part[p] = Warp::each([](int) { return Float4(); });
    return row;
  }
  // y += alpha * x.
  WORDFIRE_WARP static void add(Row& y, float alpha, const Row& x) {
    WORDFIRE_UNROLL
    for (int p = 0; p < parts; ++p) {
      y.part[p] = Warp::each([&](int lane) {
        return add_scaled(Warp::at(y.part[p], lane), alpha, Warp::at(x.part[p], lane));
      });
    }
  }
  [[nodiscard]] WORDFIRE_WARP static Row scaled(const Row& x, float factor) {
    Row y = zero();
    add(y, factor, x);
    return y;
  }
  // Each lane's part of the product of two vectors.
  [[nodiscard]] WORDFIRE_WARP static Lanes<float> products(const Row& a, const Row& b) {
    return Warp::each([&](int lane) {
      float sum = 0;
      WORDFIRE_UNROLL
      for (int p = 0; p < parts; ++p) {
        sum += dot(Warp::at(a.part[p], lane), Warp::at(b.part[p], lane));
      }
      return sum;
    });
  }

 private:
  template <typename Load>
  [[nodiscard]] WORDFIRE_WARP Row load(const float* row, Load load) const {
    Row values;
    WORDFIRE_UNROLL
    for (int p = 0; p < parts; ++p) {
      values.part[p] = Warp::each([&](int lane) {
        const int offset = p * kPartFloats + 4 * lane;
        return offset < width_ ? load(row + offset) : Float4();
      });
    }
    return values;
  }
  template <typename Use>
  WORDFIRE_WARP void for_each_own(const Row& x, Use use) const {
    WORDFIRE_UNROLL
    for (int p = 0; p < parts; ++p) {
      Warp::each([&](int lane) {
        const int offset = p * kPartFloats + 4 * lane;
        if (offset < width_) use(offset, Warp::at(x.part[p], lane));
      });
    }
  }

  int32_t width_;
};

}  // namespace wordfire
