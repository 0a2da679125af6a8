// The arithmetic on rows of floats, chosen at run time for the processor (Highway: SSE to AVX-512,
// NEON, SVE). Vectors that kernels read (x, hidden, gradient) lie in buffers of buffer_width(dim)
// floats, zero behind dim.
#pragma once

#include <cstdint>

#include "core/matrix.h"

namespace wordfire {

// Floats that a row takes in memory: 4, 8, or a multiple of 16 (64 bytes, a cache line).
[[nodiscard]] constexpr int32_t padded_width(int32_t dim) noexcept {
  if (dim <= 4) return 4;
  if (dim <= 8) return 8;
  return (dim + 15) / 16 * 16;
}
// Floats that a buffer for one vector must have: whole vectors of every processor.
[[nodiscard]] constexpr int32_t buffer_width(int32_t dim) noexcept { return (dim + 15) / 16 * 16; }

namespace kernels {

// out[0, dim) = scale * sum over i of row ids[i]. ids[0, n); ids[n, n + ahead) are only prefetched.
// out: buffer_width(dim) floats, the rest is set to zero.
void sum_rows(const RowsView& rows, const int32_t* ids, int64_t n, int64_t ahead, float scale,
              float* out);

// out[i] = row ids[i] . x for i in [0, n); ids == nullptr means rows 0, 1, 2, ...
void dot_rows(const RowsView& rows, const int32_t* ids, int64_t n, const float* x, float* out);

// For i in [0, n), w = row ids[i] (nullptr: row i): gradient += alpha[i] * w, then w += alpha[i] *
// hidden. base: rows of `width` floats (padded_width), aligned to their size or 64 bytes.
void outer_update(float* base, int32_t width, const int32_t* ids, const float* alpha, int64_t n,
                  const float* hidden, float* gradient);

// gradient += sum over i of alpha[i] * row ids[i] (nullptr: row i), width as above; rows are only
// read.
void add_scaled_rows(const float* base, int32_t width, const int32_t* ids, const float* alpha,
                     int64_t n, float* gradient);

// Row i += alpha[i] * hidden for i in [0, n).
void add_outer(float* base, int32_t width, const float* alpha, int64_t n, const float* hidden);

// Row ids[i] += x for each i in [0, n).
void add_to_rows(float* base, int32_t width, const int32_t* ids, int64_t n, const float* x);

// y[0, width) += alpha * x[0, width).
void add_scaled(const float* x, float alpha, int32_t width, float* y);

// shared += mine - merged, then mine = merged = shared; n floats, a multiple of 4.
void exchange(float* shared, float* mine, float* merged, int64_t n);

// x[i] *= scale, i in [0, n).
void scale(float* x, int64_t n, float scale);

// The name of the instruction set in use, such as "AVX3".
[[nodiscard]] const char* target_name();

}  // namespace kernels
}  // namespace wordfire
