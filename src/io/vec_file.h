// The text format of word vectors (.vec): "ROWS DIM\n", then a line a row: the word, and DIM
// numbers of five significant digits, each followed by one blank, as fastText and word2vec write
// them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "io/atomic_file.h"
#include "io/model_file.h"

namespace wordfire {

// word(i): the text of row i in [0, rows.rows). Rows are formatted by `threads` threads, written in
// order. Throws Error (io).
void write_vec(AtomicFile& file, const RowSource& rows,
               const std::function<std::string_view(int64_t)>& word, int threads);

struct WordVectors {
  int32_t dim = 0;
  std::vector<std::string> words;
  std::vector<float> values;  // [words * dim], a row a word
};

// Reads a whole file, which may be compressed. Throws Error (no_input, io), and Error (model)
// naming file and line: a line without its end, the first line is not "ROWS DIM", there are more or
// fewer rows, a line has no word, more or fewer numbers than DIM, or something that is not a finite
// number. Memory: in proportion to what the file holds, whatever its first line says.
[[nodiscard]] WordVectors read_vec(const std::string& path);

}  // namespace wordfire
