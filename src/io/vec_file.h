// Word vectors as text. word2vec's and fastText's format (.vec): "ROWS DIM\n", then a line a row:
// the word, and DIM numbers of five significant digits, each followed by one blank. GloVe's format
// has no first line, and no blank before the end of a line.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/word_vectors.h"
#include "io/atomic_file.h"
#include "io/model_file.h"

namespace wordfire {

// word(i): the text of row i in [0, rows.rows). Rows are formatted by `threads` threads, written in
// order. Throws Error (io).
void write_vec(AtomicFile& file, const RowSource& rows,
               const std::function<std::string_view(int64_t)>& word, int threads);
void write_glove(AtomicFile& file, const RowSource& rows,
                 const std::function<std::string_view(int64_t)>& word, int threads);

// Reads a whole file, which may be compressed. Throws Error (no_input, io), and Error (model)
// naming file and line: a line without its end, the first line is not "ROWS DIM", there are more or
// fewer rows, a line has no word, more or fewer numbers than DIM, or something that is not a finite
// number. Memory: in proportion to what the file holds, whatever its first line says.
[[nodiscard]] WordVectors read_vec(const std::string& path);

// The same without a first line. The line with the first word says how many numbers a word has; a
// word may hold blanks, as some in GloVe's own files do.
[[nodiscard]] WordVectors read_glove(const std::string& path);

}  // namespace wordfire
