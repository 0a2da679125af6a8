// The step of one window of word vectors: input vectors against target rows and one set of
// negatives that they share, as a small matrix product (Ji et al. 2016, arXiv:1604.04661, sections
// 2 and 3).
#pragma once

#include <cstdint>
#include <vector>

namespace wordfire {

// Working memory of window_step(); grows as needed.
struct WindowScratch {
  std::vector<float> rows;   // [max(m, n), width]
  std::vector<float> alpha;  // [m, n]: lr * (target - probability)
};

struct WindowStep {
  // Vectors of `width` floats: padded_width(dim) of row_kernels.h, zero behind dim. Several may be
  // the same.
  float* const* inputs;    // [m]
  float* const* outputs;   // [n]: targets, then negatives
  const int32_t* targets;  // [m]: which output is the target of an input
  int64_t m;
  int64_t n;
  int64_t n_targets;  // of the outputs; those of other inputs are left alone
  int64_t width;
};

// s[i][o] = inputs[i] . outputs[o], g[i][o] = lr * ([o is i's target] - 1 / (1 + exp(-s[i][o]))) or
// 0 where o is another's target; inputs[i] += sum over o of g[i][o] * outputs[o], outputs[o] += sum
// over i of g[i][o] * inputs[i], with the vectors as they were before. (Mikolov et al. 2013,
// arXiv:1310.4546, eq. 4, for each pair.) Afterwards scratch.alpha holds g.
void window_step(const WindowStep& step, float lr, WindowScratch& scratch);

// The mean over inputs of -log p(target) - sum over negatives of log(1 - p(negative)), of a step
// whose alpha is in scratch.
[[nodiscard]] double window_loss(const WindowStep& step, float lr, const WindowScratch& scratch);

}  // namespace wordfire
