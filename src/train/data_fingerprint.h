// What a run is trained on, in a few numbers: equal text gives equal ones, other text others.
#pragma once

#include <cstdint>
#include <optional>

namespace wordfire {

struct Corpus;
class Dictionary;

// XXH3 (64 bits) of each; without a value where a run has none.
struct DataFingerprint {
  uint64_t vocabulary = 0;                // tokens, counts
  uint64_t examples = 0;                  // the encoded text
  std::optional<uint64_t> validation;     // likewise
  std::optional<uint64_t> first_vectors;  // input rows before training, where a file gave them
};

[[nodiscard]] uint64_t fingerprint(const Dictionary& dictionary);
// corpus: whose features are file rows: rows of the trained matrix differ from run to run. first:
// the number of its first example in the whole text; fingerprints of shares of a text add up to the
// text's.
[[nodiscard]] uint64_t fingerprint(const Corpus& corpus, int64_t first = 0);

}  // namespace wordfire
