// What a warp draws for a line: which words stay, and the negatives of its steps. The same draws of
// the same stream in the same order as one thread of the CPU (core/subsampling.h,
// core/line_trainer.cc); the lanes take one each.
#pragma once

#include <cstdint>

#include "core/alias_table.h"
#include "core/rng.h"
#include "core/subsampling.h"
#include "cuda/lanes.h"
#include "cuda/word_text.h"

namespace wordfire {

// Lanes before `lane`, as bits.
[[nodiscard]] WORDFIRE_HD inline uint32_t lanes_before(int lane) { return (1u << lane) - 1; }

// kept = the words that are left of words[0, n). Returns how many.
template <class Warp>
WORDFIRE_WARP int32_t keep_words(const float* shares, const int32_t* words, int64_t n, Rng& draws,
                                 int32_t* kept) {
  int32_t size = 0;
  for (int64_t begin = 0; begin < n; begin += kLanes) {
    const auto word =
        Warp::each([&](int lane) { return begin + lane < n ? words[begin + lane] : int32_t{-1}; });
    const auto share = Warp::each([&](int lane) {
      const int32_t id = Warp::at(word, lane);
      return id >= 0 ? shares[id] : 1.0f;
    });
    const uint32_t drawing =
        Warp::ballot(Warp::each([&](int lane) { return !always_stays(Warp::at(share, lane)); }));
    const auto stay = Warp::each([&](int lane) {
      Rng own = draws;
      own.skip(static_cast<uint64_t>(Warp::count_bits(drawing & lanes_before(lane))));
      return Warp::at(word, lane) >= 0 && stays(Warp::at(share, lane), own);
    });
    const uint32_t staying = Warp::ballot(stay);
    Warp::each([&](int lane) {
      if (!Warp::at(stay, lane)) return;
      kept[size + Warp::count_bits(staying & lanes_before(lane))] = Warp::at(word, lane);
    });
    size += Warp::count_bits(staying);
    draws.skip(static_cast<uint64_t>(Warp::count_bits(drawing)));
  }
  Warp::sync();
  return size;
}

// The negatives of one step after the other.
template <class Warp>
class StepNegatives {
 public:
  // drawn: [kWordStepsDrawn, neg].
  WORDFIRE_WARP StepNegatives(const WordVectorTables& tables, int32_t* drawn)
      : tables_(tables), drawn_(drawn) {}

  // Forgets what was drawn: another line begins.
  WORDFIRE_WARP void restart() { left_ = 0; }
  // Draws those of the next step, and of the steps behind it when there are none left.
  WORDFIRE_WARP void next(Rng& draws) {
    if (left_ < tables_.neg) refill(draws);
    left_ -= tables_.neg;
  }
  // A negative that is the target is drawn again.
  WORDFIRE_WARP void avoid(int32_t target, Rng& draws) {
    Warp::sync();  // all lanes have read those of the step before
    for (int32_t begin = 0; begin < tables_.neg; begin += kLanes) {
      uint32_t same = Warp::ballot(Warp::each(
          [&](int lane) { return begin + lane < tables_.neg && get(begin + lane) == target; }));
      if (same != 0) Warp::sync();
      for (int32_t k = begin; same != 0; ++k, same >>= 1) {
        if ((same & 1) != 0) draw_again(k, target, draws);
      }
    }
    Warp::sync();
  }
  // k in [0, neg).
  [[nodiscard]] WORDFIRE_WARP int32_t get(int32_t k) const {
    return drawn_[left_ + tables_.neg - 1 - k];
  }

 private:
  WORDFIRE_WARP void refill(Rng& draws) {
    const int32_t n = kWordStepsDrawn * tables_.neg;
    Warp::sync();  // all lanes have read what was there
    for (int32_t begin = 0; begin < n; begin += kLanes) {
      Warp::each([&](int lane) {
        if (begin + lane >= n) return;
        Rng own = draws;
        own.skip(static_cast<uint64_t>(begin + lane));
        drawn_[begin + lane] = draw(own);
      });
    }
    draws.skip(static_cast<uint64_t>(n));
    left_ = n;
    Warp::sync();
  }
  [[nodiscard]] WORDFIRE_WARP int32_t draw(Rng& draws) const {
    return draw_alias(tables_.negatives, static_cast<uint64_t>(tables_.words), draws.next());
  }
  // Gives up when the target holds nearly all the weight.
  WORDFIRE_WARP void draw_again(int32_t k, int32_t target, Rng& draws) {
    int32_t word = target;
    for (int attempt = 0; attempt < 64 && word == target; ++attempt) word = draw(draws);
    if (word == target) word = target == 0 ? 1 : target - 1;
    Warp::each([&](int lane) {
      if (lane == 0) drawn_[left_ + tables_.neg - 1 - k] = word;
    });
  }

  const WordVectorTables& tables_;
  int32_t* drawn_;
  int32_t left_ = 0;  // of what was drawn
};

}  // namespace wordfire
