// Spearman's rank correlation.
#pragma once

#include <span>

namespace wordfire {

// Pearson's correlation of the ranks of a and b, which are of one size; equal values share the mean
// of their ranks. NaN where there is none: fewer than two values, or all of one side equal.
[[nodiscard]] double spearman(std::span<const double> a, std::span<const double> b);

}  // namespace wordfire
