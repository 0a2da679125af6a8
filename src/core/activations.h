// Softmax and the logistic function of a vector, chosen at run time for the processor.
#pragma once

#include <cstdint>

namespace wordfire::kernels {

// x = softmax(x), computed with the maximum taken off first.
void softmax(float* x, int64_t n);

// x[i] = 1 / (1 + exp(-x[i])).
void sigmoid(float* x, int64_t n);

}  // namespace wordfire::kernels
