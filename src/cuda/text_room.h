// How much room a text of examples takes on a GPU, and how much of one fits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/backend.h"
#include "cuda/text_view.h"

namespace wordfire {

// Bytes of a piece of a text that is larger than the room, at most.
inline constexpr int64_t kTextPieceBytes = int64_t{256} << 20;

// The examples of a range, where the corpus has them.
[[nodiscard]] TextView view_text(const Corpus& corpus, const ExampleRange& range);

// How many features, or labels, the examples of a range have. ends: of all examples.
[[nodiscard]] int64_t values_of(std::span<const int64_t> ends, const ExampleRange& range);

// Where the parts of some examples lie in one block of memory: bytes from its beginning. A corpus
// without labels has nothing of them.
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

// What to bring to a device that has so much room, so that a range can be trained from its first
// example on: all of the corpus, to which epochs come back, if it fits; else a piece of the range
// that leaves room for the next one beside it. Throws as above.
[[nodiscard]] ExampleRange text_to_bring(const Corpus& corpus, const ExampleRange& range,
                                         int64_t room);
// Bytes of such a piece, at most.
[[nodiscard]] inline int64_t text_piece_bytes(int64_t room) {
  return std::min(kTextPieceBytes, room / 2);
}

}  // namespace wordfire
