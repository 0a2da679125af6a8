// NumPy's .npy (format versions 1 to 3) with the words beside it: an array of little-endian float32
// [words, dim] in C order, and NAME.words.txt with one word a line.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/word_vectors.h"
#include "io/atomic_file.h"
#include "io/model_file.h"

namespace wordfire {

// "dir/name.npy" -> "dir/name.words.txt".
[[nodiscard]] std::string word_list_path(const std::string& npy_path);

// Reads both files. Throws Error (no_input, io), and Error (model) naming the file: another kind of
// array, a size that the file has not, a number that is not finite, an empty word, more or fewer
// words than rows.
[[nodiscard]] WordVectors read_npy(const std::string& path);

// Throws Error (io).
void write_npy(AtomicFile& file, const RowSource& rows);
// word(i) for i in [0, count), one a line. Throws Error (io).
void write_word_list(AtomicFile& file, int64_t count,
                     const std::function<std::string_view(int64_t)>& word);

}  // namespace wordfire
