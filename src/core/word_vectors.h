// Words and their vectors, as files of word vectors hold them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace wordfire {

// The most numbers that a word may have in a file.
inline constexpr int32_t kMostDim = 1 << 20;

struct WordVectors {
  int32_t dim = 0;
  std::vector<std::string> words;  // by falling frequency, as all writers order them
  std::vector<float> values;       // [words, dim]
};

}  // namespace wordfire
