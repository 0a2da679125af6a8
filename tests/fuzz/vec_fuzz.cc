// Any bytes as word vectors: refused as wrong, or as many words and numbers as the first line says.
#include "core/error.h"
#include "io/vec_file.h"
#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const wordfire::MemoryFile file(data, size);
  try {
    const wordfire::WordVectors vectors = wordfire::read_vec(file.path());
    if (vectors.values.size() != vectors.words.size() * static_cast<size_t>(vectors.dim))
      std::abort();
  } catch (const wordfire::Error& error) {
    if (error.kind() != wordfire::ErrorKind::kModel && error.kind() != wordfire::ErrorKind::kData) {
      std::abort();
    }
  }
  return 0;
}
