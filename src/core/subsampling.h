// Which occurrences of frequent words are left out (Mikolov et al. 2013, arXiv:1310.4546, section
// 2.3).
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "core/host_device.h"
#include "core/rng.h"

namespace wordfire {

// Whether a word stays of whose occurrences `share` do. A word that always stays takes no draw.
[[nodiscard]] WORDFIRE_HD inline bool always_stays(float share) { return share >= 1; }
[[nodiscard]] WORDFIRE_HD inline bool stays(float share, Rng& rng) {
  return always_stays(share) || rng.uniform() < share;
}

class Subsampling {
 public:
  // counts: of the words; tokens: the divisor that makes them frequencies. A word of frequency f
  // keeps the share sqrt(t / f) + t / f of its occurrences: fastText's formula (word2vec.c has it
  // too); the paper's is sqrt(t / f).
  Subsampling(std::span<const int64_t> counts, int64_t tokens, double t) {
    kept_.reserve(counts.size());
    for (const int64_t count : counts) {
      const double f = static_cast<double>(count) / static_cast<double>(tokens);
      kept_.push_back(static_cast<float>(std::sqrt(t / f) + t / f));
    }
  }

  // kept = the words that are left of `words`.
  void keep(std::span<const int32_t> words, Rng& rng, std::vector<int32_t>& kept) const {
    kept.clear();
    for (const int32_t word : words) {
      if (stays(kept_[static_cast<size_t>(word)], rng)) kept.push_back(word);
    }
  }

  // Of each word, how many of its occurrences are left.
  [[nodiscard]] std::span<const float> shares() const { return kept_; }

 private:
  std::vector<float> kept_;
};

}  // namespace wordfire
