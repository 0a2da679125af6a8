// The first rungs of the ladder: a pair of input and output after the other, each with both rows
// read and moved in the GPU's memory. See word_ladder.h.
#pragma once

#include <cstdint>

#include "bench/gpu/ladder_draws.h"
#include "bench/gpu/scalar_rows.h"
#include "core/loss_formulas.h"
#include "cuda/lane_sums.h"
#include "cuda/row_lanes.h"

namespace wordfire::ladder {

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
