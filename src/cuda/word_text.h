// Lines of words, and what they are trained on, as a warp sees them: plain pointers to memory of
// the device, or of the host in tests.
#pragma once

#include <cstdint>

#include "core/alias_table.h"
#include "core/host_device.h"
#include "core/learning_rate.h"
#include "core/rng.h"

namespace wordfire {

// Matrices and tables of a task of word vectors; core/backend.h says what the fields mean.
struct WordVectorTables {
  float* input = nullptr;  // [rows, width]
  float* output = nullptr;
  int32_t dim = 0;
  int32_t width = 0;  // floats from one row to the next: padded_width(dim), zero behind dim
  const float* kept_shares = nullptr;    // [words], see core/subsampling.h
  const AliasCell* negatives = nullptr;  // [words]
  int64_t words = 0;
  // Input rows of word w: subword_rows[subword_end[w - 1], subword_end[w]). Null: row w alone.
  const int64_t* subword_end = nullptr;
  const int32_t* subword_rows = nullptr;
  // See row_crowds.h: by how much one more warp pulls at a row.
  const float* input_crowds = nullptr;
  const float* output_crowds = nullptr;
  int32_t ws = 0;
  int32_t neg = 0;
  int32_t batch_size = 0;  // at least 1: most context words that share negatives
};

// Lines [first_line, ...) of a corpus.
struct WordLines {
  const int32_t* words = nullptr;
  const int64_t* word_end = nullptr;   // of each line, in the corpus
  const int64_t* token_end = nullptr;  // likewise
  int64_t first_line = 0;
  int64_t words_before = 0;  // of the corpus, in front of words[0]
  int64_t tokens_before = 0;

  [[nodiscard]] WORDFIRE_HD int64_t begin_of(int64_t line) const {
    return line == first_line ? 0 : word_end[line - first_line - 1] - words_before;
  }
  [[nodiscard]] WORDFIRE_HD int64_t end_of(int64_t line) const {
    return word_end[line - first_line] - words_before;
  }
  // Of the corpus, in front of the line.
  [[nodiscard]] WORDFIRE_HD int64_t tokens_of(int64_t line) const {
    return line == first_line ? tokens_before : token_end[line - first_line - 1];
  }
};

// What the lines of a range have in common.
struct WordPass {
  LearningRate rate;
  uint64_t seed;
  uint64_t examples_before;  // of the text, in front of the corpus
  float others = 0;          // warps that train lines at the same time

  // As the CPU names the stream of a line.
  [[nodiscard]] WORDFIRE_HD Rng draws_of(int64_t line) const {
    return Rng(seed, static_cast<uint64_t>(rate.epoch),
               examples_before + static_cast<uint64_t>(line));
  }
};

// A sum of losses of steps, and of how many: of one warp, in one launch.
struct WordLoss {
  double sum = 0;
  uint32_t count = 0;
};

// One step in so many is asked for its loss, as on the CPU.
inline constexpr uint32_t kWordLossEvery = 16;
// Steps whose negatives are drawn at a time, as on the CPU.
inline constexpr int32_t kWordStepsDrawn = 16;

}  // namespace wordfire
