// Fused multiplications and additions of 32 lanes: the processor's own where it has them.
#pragma once

namespace wordfire::emulator {

// to[lane] = a[lane] * b[lane] + c[lane], rounded once, for the lanes [0, 32).
void fma_of_lanes(const float* a, const float* b, const float* c, float* to);

}  // namespace wordfire::emulator
