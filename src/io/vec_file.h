// The text format of word vectors (.vec): "ROWS DIM\n", then a line a row: the word, and DIM numbers of five
// significant digits, each followed by one blank, as fastText and word2vec write them.
#pragma once

#include <functional>
#include <string_view>

#include "io/atomic_file.h"
#include "io/model_file.h"

namespace wordfire {

// word(i): the text of row i in [0, rows.rows). Rows are formatted by `threads` threads, written in order.
// Throws Error (io).
void write_vec(AtomicFile& file, const RowSource& rows,
               const std::function<std::string_view(int64_t)>& word, int threads);

}  // namespace wordfire
