// Files of word vectors in every format that we read and write: which one a file has, and the way
// to and from it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/word_vectors.h"
#include "io/model_file.h"

namespace wordfire {

enum class VectorFormat {
  kFasttextModel,   // .bin and .ftz: read by load_model(), not here
  kWord2vecText,    // .vec: vec_file.h
  kWord2vecBinary,  // word2vec_binary.h
  kGlove,           // vec_file.h
  kNpy,             // npy_file.h
  kProjector        // projector_files.h; written only
};

// "word2vec-text", "word2vec-bin", "glove", "npy", "projector"; nullopt for other names.
[[nodiscard]] std::optional<VectorFormat> find_vector_format(std::string_view name);
// The format that the end of a file's name stands for: .vec and .txt, .bin, .npy; nullopt for
// others.
[[nodiscard]] std::optional<VectorFormat> format_of_name(std::string_view path);

// Tells the format of a file by its first bytes (of what is in it, if it is compressed). Throws
// Error (no_input, io), for a pipe as well, and Error (model) for a file of no format that we know.
[[nodiscard]] VectorFormat tell_vector_format(const std::string& path);

// Whether `path` is a file that begins as fastText's models do; false where there is none. Throws
// Error (no_input, io).
[[nodiscard]] bool is_model_file(const std::string& path);

// Reads a file of any format but fastText's models. Throws what the readers of the formats throw,
// and Error (model) for a word that stands twice or holds a NUL.
[[nodiscard]] WordVectors read_word_vectors(const std::string& path);

// The files that save_word_vectors() writes.
[[nodiscard]] std::vector<std::string> vector_file_names(const std::string& path,
                                                         VectorFormat format);

// Writes vectors, all files or none, and returns their names. word(i): the text of row i; rows.copy
// is called by up to `threads` threads. Throws Error (usage) for fastText's models, Error (data)
// for a word that the format cannot hold, Error (cannot_create, io).
std::vector<std::string> save_word_vectors(const std::string& path, VectorFormat format,
                                           const RowSource& rows,
                                           const std::function<std::string_view(int64_t)>& word,
                                           int threads);

}  // namespace wordfire
