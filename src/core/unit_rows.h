// Word vectors of length 1, ready to be compared: the cosine of two words is their dot product.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/word_lookup.h"

namespace wordfire {

struct UnitRows {
  int64_t rows = 0;
  int32_t dim = 0;
  std::vector<float> values;  // [rows, dim]; a vector of zeros stays one

  [[nodiscard]] std::span<const float> row(int64_t i) const {
    return std::span(values).subspan(static_cast<size_t>(i * dim), static_cast<size_t>(dim));
  }
};

// Divides `vector` by its length, unless that is 0.
void make_unit(std::span<float> vector);

// The first `rows` words of the vocabulary, or all where it has fewer.
[[nodiscard]] UnitRows unit_rows(const WordLookup& words, int64_t rows, int threads);

}  // namespace wordfire
