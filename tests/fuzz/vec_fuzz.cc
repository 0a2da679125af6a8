// Any bytes as a file of word vectors, in whichever format they pass for: refused as wrong, or as
// many numbers as there are words and dimensions.
#include "core/error.h"
#include "io/vector_file.h"
#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const wordfire::MemoryFile file(data, size);
  try {
    const wordfire::WordVectors vectors = wordfire::read_word_vectors(file.path());
    if (vectors.values.size() != vectors.words.size() * static_cast<size_t>(vectors.dim))
      std::abort();
  } catch (const wordfire::Error& error) {
    // An array wants a list of words beside it, which this file cannot have.
    if (error.kind() != wordfire::ErrorKind::kModel && error.kind() != wordfire::ErrorKind::kData &&
        error.fault() != wordfire::SystemFault::kNoInput) {
      std::abort();
    }
  }
  return 0;
}
