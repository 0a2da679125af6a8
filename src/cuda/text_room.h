// How much room a text of examples takes on a GPU, and how much of one fits.
#pragma once

#include <cstdint>

#include "core/backend.h"

namespace wordfire {

// Where the parts of some examples lie in one block of memory: bytes from its beginning.
struct TextPlaces {
  int64_t features = 0;
  int64_t feature_end = 0;
  int64_t labels = 0;
  int64_t label_end = 0;
  int64_t token_end = 0;
  int64_t bytes = 0;  // of the block
};

[[nodiscard]] TextPlaces place_text(const Corpus& corpus, const ExampleRange& range);

// The range's longest beginning whose block is not larger than `room`. Throws Error (usage) when
// its first example alone is.
[[nodiscard]] ExampleRange fitting_text(const Corpus& corpus, const ExampleRange& range,
                                        int64_t room);

}  // namespace wordfire
