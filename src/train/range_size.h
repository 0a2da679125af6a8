// How long the ranges of an epoch are: training is left at their ends alone.
#pragma once

#include <cstdint>

#include "core/options.h"

namespace wordfire {

// Enough tokens for the start and the end of a range to cost nothing beside it.
inline constexpr int64_t kRangeTokens = int64_t{1} << 20;
inline constexpr int64_t kGpuRangeTokens = int64_t{1} << 28;

// kRangeTokens, or a smaller power of two where a token costs so much that a run which is asked to
// end would take long to come to the end of a range (softmax over many labels, say). On a GPU,
// which is much faster, up to kGpuRangeTokens. A function
// of these arguments alone. tokens_of_example: on average. output_rows: labels, or words.
[[nodiscard]] int64_t range_tokens(const Options& options, double tokens_of_example,
                                   int64_t output_rows, Device device = Device::kCpu);

}  // namespace wordfire
