#include "open_words.h"

#include "io/vector_file.h"
#include "open_model.h"

namespace wordfire {

WordLookup open_words(const std::string& path) {
  if (tell_vector_format(path) == VectorFormat::kFasttextModel) {
    return WordLookup(open_model(path));
  }
  return WordLookup(read_word_vectors(path));
}

}  // namespace wordfire
