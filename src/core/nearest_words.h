// The words whose vectors point most nearly the way that a query does, by cosine.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/unit_rows.h"

namespace wordfire {

struct Neighbour {
  float similarity;  // cosine
  int32_t word;
};

struct NearestQuery {
  std::vector<float> vector;    // [dim], of any length
  std::vector<int32_t> banned;  // words that are no answer
};

// For each query the k nearest words of `rows`, fewer where there are fewer: by falling similarity,
// ties by word. The same bits for any number of threads, and whatever other queries there are.
// Memory: 8 bytes a neighbour, on each thread.
[[nodiscard]] std::vector<std::vector<Neighbour>> nearest_words(
    const UnitRows& rows, std::span<const NearestQuery> queries, int32_t k, int threads);

}  // namespace wordfire
