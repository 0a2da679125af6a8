// The constants of fastText's model files; MODEL_FORMAT.md gives the grammar.
#pragma once

#include <cstdint>

namespace wordfire {

inline constexpr int32_t kModelMagic = 793712314;  // 0x2f4f16ba
inline constexpr int32_t kModelVersion = 12;       // what is written
inline constexpr int32_t kOldestModelVersion = 11;

// fastText writes pruned_size -1 for a model that was never pruned.
inline constexpr int64_t kNeverPruned = -1;

}  // namespace wordfire
