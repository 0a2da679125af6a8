// The first rungs of the ladder: a pair of input and output after the other, each with both rows
// read and moved in the GPU's memory. See word_ladder.h.
#pragma once

#include <cstdint>

#include "bench/gpu/ladder_draws.h"
#include "core/loss_formulas.h"
#include "cuda/lane_sums.h"
#include "cuda/row_lanes.h"

namespace wordfire::ladder {

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

// One pair after the other: both rows are read, both are moved, at once.
template <class Warp, class Access>
class Pairs {
 public:
  static constexpr bool kHasWindow = false;

  WORDFIRE_WARP Pairs(const WordVectorTables& tables, const WordScratch& scratch)
      : tables_(tables), draws_(tables_, scratch), access_(tables.width) {}

  WORDFIRE_WARP void train(const int32_t* words, int64_t n, float lr, const Rng& draws) {
    draws_.begin(words, n, draws);
    draws_.for_each_window([&](int32_t centre, int32_t begin, int32_t end) {
      for (int32_t position = begin; position < end; ++position) {
        if (position == centre) continue;
        for (int32_t o = 0; o <= tables_.neg; ++o) {
          const int32_t output = draws_.output(draws_.word(centre), o);
          step(draws_.word(position), output, o == 0 ? 1.0f : 0.0f, lr);
        }
      }
    });
  }

 private:
  WORDFIRE_WARP void step(int32_t input_word, int32_t output_word, float target, float lr) const {
    float* const input_row = access_.row(tables_.input, input_word);
    float* const output_row = access_.row(tables_.output, output_word);
    const typename Access::Row input = access_.load_shared(input_row);
    const typename Access::Row output = access_.load_shared(output_row);
    auto products = Access::products(input, output);
    const float score = Warp::broadcast(lane_sums<1, Warp>(Warp(), &products), 0);
    const float g = output_step(lr, target, sigmoid(score));
    access_.add_to_shared(input_row, Access::scaled(output, g));
    access_.add_to_shared(output_row, Access::scaled(input, g));
  }

  const WordVectorTables& tables_;
  Draws<Warp> draws_;
  Access access_;
};

// 1. Floats one by one, with an atomic addition each.
template <class Warp>
using ScalarPairs = Pairs<Warp, ScalarRows<Warp>>;
// 2. Four floats at a time.
template <class Warp>
using QuadPairs = Pairs<Warp, RowAccess<Warp, 1>>;

}  // namespace wordfire::ladder
