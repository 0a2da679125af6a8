// Skipgram with negative sampling as kernels from plain to fast, each one idea better than the one
// before it (as llm.c keeps its kernels); word_ladder.cu checks and times them. A warp trains a
// line; rows of at most 128 floats, at most five negatives. All draw what production draws
// (cuda/word_line.h), so that they do the same work but for what each says. They are written over a
// Warp, like production, and run on the CPU in tests/cuda/word_ladder_test.cc. Their Warp has two
// functions more:
//   load_float, add_float    a float of a row that other warps change meanwhile
#pragma once

#include <cstdint>

#include "bench/gpu/ladder_draws.h"
#include "bench/gpu/ladder_pairs.h"
#include "core/context_window.h"
#include "cuda/row_lanes.h"
#include "cuda/word_scratch.h"
#include "cuda/word_step.h"
#include "cuda/word_window.h"

namespace wordfire::ladder {

// 3. Target and negatives are read once a window, kept in registers, and moved once; the six sums
// of an input share one butterfly.
template <class Warp>
class SharedOutputs {
 public:
  static constexpr bool kHasWindow = false;
  using Access = RowAccess<Warp, 1>;
  using Tile = OutputTile<Warp, 1, kMostNegatives + 1>;

  WORDFIRE_WARP SharedOutputs(const WordVectorTables& tables, const WordScratch& scratch)
      : tables_(tables), draws_(tables_, scratch), access_(tables.width) {}

  WORDFIRE_WARP void train(const int32_t* words, int64_t n, float lr, const Rng& draws) {
    draws_.begin(words, n, draws);
    draws_.for_each_window([&](int32_t centre, int32_t begin, int32_t end) {
      const int32_t target = draws_.word(centre);
      Tile tile(access_, tables_.output, tables_.neg + 1, true,
                [&](int o) { return draws_.output(target, o); });
      for (int32_t position = begin; position < end; ++position) {
        if (position != centre) step(tile, draws_.word(position), lr);
      }
      tile.write([](int32_t) { return 1.0f; });
    });
  }

 private:
  WORDFIRE_WARP void step(Tile& tile, int32_t word, float lr) const {
    float* const row = access_.row(tables_.input, word);
    typename Access::Row input[1] = {access_.load_shared(row)};
    typename Access::Row moved = Access::scaled(input[0], -1);
    typename Warp::template Lanes<float> no_losses = Warp::each([](int) { return 0.0f; });
    tile.step(input, lr, false, no_losses);
    Access::add(moved, 1, input[0]);
    access_.add_to_shared(row, moved);
  }

  const WordVectorTables& tables_;
  Draws<Warp> draws_;
  Access access_;
};

// 4. The inputs lie in shared memory while the window passes over them (FULL-W2V,
// arXiv:2312.07743): read when they come into reach, moved when they leave it.
template <class Warp>
class SharedWindow {
 public:
  static constexpr bool kHasWindow = true;
  using Ring = WordWindow<Warp, 1, false>;
  using Tile = OutputTile<Warp, 1, kMostNegatives + 1>;

  WORDFIRE_WARP SharedWindow(const WordVectorTables& tables, const WordScratch& scratch)
      : tables_(tables), draws_(tables_, scratch), ring_(tables_, scratch) {}

  WORDFIRE_WARP void train(const int32_t* words, int64_t n, float lr, const Rng& draws) {
    draws_.begin(words, n, draws);
    ring_.begin_line();
    draws_.for_each_window([&](int32_t centre, int32_t begin, int32_t end) {
      const int32_t reached = centre + tables_.ws + 1;
      ring_.enter(reached < draws_.size() ? reached : draws_.size());
      step_window(centre, begin, end, lr);
      ring_.leave(centre > tables_.ws ? centre - tables_.ws : 0, 0);
    });
    ring_.enter(draws_.size());  // of a line of one word
    ring_.leave(draws_.size(), 0);
  }

 private:
  WORDFIRE_WARP void step_window(int32_t centre, int32_t begin, int32_t end, float lr) {
    const int32_t target = draws_.word(centre);
    Tile tile(ring_.access(), tables_.output, tables_.neg + 1, true,
              [&](int o) { return draws_.output(target, o); });
    typename Warp::template Lanes<float> no_losses = Warp::each([](int) { return 0.0f; });
    for (int32_t position = begin; position < end; ++position) {
      if (position == centre) continue;
      typename Ring::Row input[1] = {ring_.load(position)};
      tile.step(input, lr, false, no_losses);
      ring_.store(position, input[0]);
    }
    tile.write([](int32_t) { return 1.0f; });
  }

  const WordVectorTables& tables_;
  Draws<Warp> draws_;
  Ring ring_;
};

// 5 is production: two inputs at once, losses, and rows that many pull at move by less.

// 6, which production does not do: `centres` windows one after the other share negatives, which
// stay in registers meanwhile (Ji et al. 2016, arXiv:1604.04661, share them within a window). The
// positive steps are exact and in order. bench/gpu/word_sharing says what it costs in quality.
template <class Warp, int centres>
class SharedNegatives {
 public:
  static constexpr bool kHasWindow = true;
  using Ring = WordWindow<Warp, 1, false>;
  using Target = OutputTile<Warp, 1, 1>;
  using Negatives = OutputTile<Warp, 1, kMostNegatives>;

  WORDFIRE_WARP SharedNegatives(const WordVectorTables& tables, const WordScratch& scratch)
      : tables_(tables), draws_(tables_, scratch), ring_(tables_, scratch) {}

  WORDFIRE_WARP void train(const int32_t* words, int64_t n, float lr, const Rng& draws) {
    draws_.begin(words, n, draws);
    ring_.begin_line();
    for (int32_t first = 0; first < draws_.size(); first += centres) {
      const int32_t end = first + centres < draws_.size() ? first + centres : draws_.size();
      step_centres(first, end, lr);
    }
    ring_.leave(draws_.size(), 0);
  }

 private:
  WORDFIRE_WARP void step_centres(int32_t first, int32_t end, float lr) {
    for (int32_t centre = first; centre < end; ++centre) draws_.avoid(draws_.word(centre));
    Negatives negatives(ring_.access(), tables_.output, tables_.neg, false,
                        [&](int o) { return draws_.negative(o); });
    for (int32_t centre = first; centre < end; ++centre) {
      const int32_t reached = centre + tables_.ws + 1;
      ring_.enter(reached < draws_.size() ? reached : draws_.size());
      step_window(centre, negatives, lr);
      ring_.leave(centre > tables_.ws ? centre - tables_.ws : 0, 0);
    }
    negatives.write([](int32_t) { return 1.0f; });
    draws_.next();
  }
  WORDFIRE_WARP void step_window(int32_t centre, Negatives& negatives, float lr) {
    const Window reach = draws_.window(centre);
    Target target(ring_.access(), tables_.output, 1, true,
                  [&](int) { return draws_.word(centre); });
    const auto inputs = static_cast<int32_t>(reach.end - reach.begin) - 1;
    const auto at = [&](int32_t i) {
      const auto position = static_cast<int32_t>(reach.begin) + i;
      return position < centre ? position : position + 1;
    };
    int32_t i = 0;
    for (; i + 1 < inputs; i += 2) {
      const int32_t positions[2] = {at(i), at(i + 1)};
      step(positions, target, negatives, lr);
    }
    if (i < inputs) {
      const int32_t position[1] = {at(i)};
      step(position, target, negatives, lr);
    }
    target.write([](int32_t) { return 1.0f; });
  }
  template <int n>
  WORDFIRE_WARP void step(const int32_t (&positions)[n], Target& target, Negatives& negatives,
                          float lr) {
    typename Ring::Row inputs[n];
    WORDFIRE_UNROLL
    for (int i = 0; i < n; ++i) inputs[i] = ring_.load(positions[i]);
    typename Warp::template Lanes<float> no_losses = Warp::each([](int) { return 0.0f; });
    target.step(inputs, lr, false, no_losses);
    negatives.step(inputs, lr, false, no_losses);
    WORDFIRE_UNROLL
    for (int i = 0; i < n; ++i) ring_.store(positions[i], inputs[i]);
  }

  const WordVectorTables& tables_;
  Draws<Warp> draws_;
  Ring ring_;
};

}  // namespace wordfire::ladder
