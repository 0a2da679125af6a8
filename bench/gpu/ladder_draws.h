// The draws of a line on every rung of the ladder: what stays, windows and negatives, as production
// draws them (cuda/word_line.h).
#pragma once

#include <cstdint>

#include "core/context_window.h"
#include "cuda/word_draws.h"
#include "cuda/word_scratch.h"
#include "cuda/word_text.h"

namespace wordfire::ladder {

inline constexpr int32_t kMostNegatives = 5;

template <class Warp>
class Draws {
 public:
  WORDFIRE_WARP Draws(const WordVectorTables& tables, const WordScratch& scratch)
      : tables_(tables), scratch_(scratch), negatives_(tables_, scratch.negatives) {}

  WORDFIRE_WARP void begin(const int32_t* words, int64_t n, const Rng& draws) {
    draws_ = draws;
    size_ = keep_words<Warp>(tables_.kept_shares, words, n, draws_, scratch_.kept);
    negatives_.restart();
    negatives_.next(draws_);
  }
  [[nodiscard]] WORDFIRE_WARP int32_t size() const { return size_; }
  [[nodiscard]] WORDFIRE_WARP int32_t word(int32_t position) const {
    return scratch_.kept[position];
  }
  [[nodiscard]] WORDFIRE_WARP Window window(int32_t centre) {
    return draw_window(centre, size_, tables_.ws, draws_);
  }
  WORDFIRE_WARP void avoid(int32_t target) { negatives_.avoid(target, draws_); }
  WORDFIRE_WARP void next() { negatives_.next(draws_); }
  [[nodiscard]] WORDFIRE_WARP int32_t negative(int32_t k) const { return negatives_.get(k); }
  // 0: the target.
  [[nodiscard]] WORDFIRE_WARP int32_t output(int32_t target, int32_t o) const {
    return o == 0 ? target : negatives_.get(o - 1);
  }

  // Calls step(centre, begin, end) for every window with words around its centre.
  template <typename Step>
  WORDFIRE_WARP void for_each_window(Step step) {
    for (int32_t centre = 0; centre < size_; ++centre) {
      const Window reach = window(centre);
      if (reach.end - reach.begin < 2) continue;
      avoid(word(centre));
      step(centre, static_cast<int32_t>(reach.begin), static_cast<int32_t>(reach.end));
      next();
    }
  }

 private:
  const WordVectorTables& tables_;
  WordScratch scratch_;
  StepNegatives<Warp> negatives_;
  Rng draws_{0};
  int32_t size_ = 0;
};

}  // namespace wordfire::ladder
