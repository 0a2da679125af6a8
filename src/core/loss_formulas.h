// The losses' formulas, one number at a time; the same text serves every device.
#pragma once

#include <cmath>

#include "core/host_device.h"

namespace wordfire {

// 1 / (1 + exp(-x)).
[[nodiscard]] WORDFIRE_HD inline float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

// -log(p), with p taken as at least 1e-12, so that one sure and wrong example does not make the
// mean infinite. NaN stays NaN: that is how divergence is seen.
[[nodiscard]] WORDFIRE_HD inline float log_loss(float p) {
  constexpr float kSmallest = 1e-12f;
  return -std::log(p < kSmallest ? kSmallest : p);
}

// The step of an output row along hidden: lr * (target - p), the gradient of log loss for a
// logistic or softmax unit (Mikolov et al. 2013, arXiv:1310.4546, eq. 4, differentiated). target is
// 0 or 1.
[[nodiscard]] WORDFIRE_HD inline float output_step(float lr, float target, float p) {
  return lr * (target - p);
}

}  // namespace wordfire
