// word2vec's binary format: "ROWS DIM\n", then a row a word: the word, one blank, DIM little-endian
// floats, and a line end, which some writers leave out.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/word_vectors.h"
#include "io/atomic_file.h"
#include "io/model_file.h"

namespace wordfire {

// Reads a whole file, which may be compressed. Throws Error (no_input, io), and Error (model)
// naming file, row and byte: the first line is not "ROWS DIM", a word is empty or does not end, a
// number is not finite, the file ends early or goes on behind the last row. Memory: in proportion
// to what the file holds, whatever its first line says.
[[nodiscard]] WordVectors read_word2vec_binary(const std::string& path);

// word(i): the text of row i. Throws Error (io).
void write_word2vec_binary(AtomicFile& file, const RowSource& rows,
                           const std::function<std::string_view(int64_t)>& word);

}  // namespace wordfire
