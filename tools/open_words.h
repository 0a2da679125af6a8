// Opens whatever holds word vectors, for the verbs that use them.
#pragma once

#include <string>

#include "core/word_lookup.h"

namespace wordfire {

// A fastText model, whose warnings are printed to standard error, or a file of word vectors; told
// by the first bytes. Throws what load_model() and read_word_vectors() throw.
[[nodiscard]] WordLookup open_words(const std::string& path);

// What --help says of the argument.
inline constexpr const char* kWordsSentence =
    "the model, .bin or .ftz, or word vectors: word2vec text (.vec) or binary, GloVe, .npy";

}  // namespace wordfire
