// A trained model: what is in a .bin or .ftz file. Immutable; safe to share between threads.
#pragma once

#include <memory>
#include <string>

#include "core/dictionary.h"
#include "core/matrix.h"
#include "core/options.h"

namespace wordfire {

struct Model {
  ModelArgs args;
  std::string label_prefix = "__label__";  // not in fastText's format; the manifest has it
  Dictionary dictionary;
  Matrix input;   // [nwords + buckets, dim]
  Matrix output;  // [nlabels, dim] (supervised), [nwords, dim] (word vectors)
  // Keeps the memory behind dense views alive (a mapped file, a buffer, a trainer's matrices).
  std::shared_ptr<const void> storage;
};

}  // namespace wordfire
