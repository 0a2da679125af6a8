// The weights while they are trained: rows of floats that all workers read and write without locks
// or order (Hogwild: Niu et al. 2011, arXiv:1106.5730). The rules:
//   - Only the methods below touch the values while workers run; a value may then be a mixture of
//   two
//     workers' updates, and an update may be lost. No other memory is shared without order.
//   - ThreadSanitizer is told so in tests/tsan.supp, which names this class alone.
//   - In deterministic training each row is written by one worker between two barriers.
// Rows start on cache lines (16 or 32 bytes for dim <= 8); large matrices lie in huge pages.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/matrix.h"
#include "core/row_kernels.h"
#include "core/row_part_kernels.h"
#include "core/window_kernel.h"

namespace wordfire {

// Gives the pages of a SharedMatrix back.
struct UnmapRows {
  size_t bytes = 0;
  void operator()(float* data) const;
};

class SharedMatrix {
 public:
  SharedMatrix() = default;
  // rows x dim zeros. Throws Error (internal) when the memory is not to be had, naming the size.
  SharedMatrix(int64_t rows, int32_t dim);
  SharedMatrix(SharedMatrix&&) = default;
  SharedMatrix& operator=(SharedMatrix&&) = default;

  [[nodiscard]] int64_t rows() const { return rows_; }
  [[nodiscard]] int32_t dim() const { return dim_; }
  // Bytes that rows x dim would take.
  [[nodiscard]] static int64_t bytes_for(int64_t rows, int32_t dim) {
    return rows * padded_width(dim) * int64_t{sizeof(float)};
  }

  // Row i: padded_width(dim) floats, zero behind dim.
  [[nodiscard]] float* row(int64_t i) { return data_.get() + i * width_; }
  [[nodiscard]] const float* row(int64_t i) const { return data_.get() + i * width_; }
  [[nodiscard]] RowsView view() const;

  // Brings the first cache line of each row into the core's second-level cache.
  void prefetch(std::span<const int32_t> ids) const {
    for (const int32_t id : ids) __builtin_prefetch(row(id), 0, 2);
  }
  // Asks for all of a row, to be written.
  void prefetch_row(int64_t id) const {
    const float* const values = row(id);
    for (int32_t at = 0; at < width_; at += 16) __builtin_prefetch(values + at, 1);
  }
  // See row_kernels.h for the formulas; hidden, gradient, x: buffer_width(dim) floats.
  void mean_of_rows(std::span<const int32_t> ids, int64_t ahead, float* hidden) const;
  void sum_runs(std::span<const int32_t> ids, std::span<const int64_t> end,
                std::span<const kernels::TreeNode> nodes, float* scratch, float* const* out) const;
  void dot_rows(const int32_t* ids, int64_t n, const float* hidden, float* out) const;
  void outer_update(const int32_t* ids, std::span<const float> alpha, const float* hidden,
                    float* gradient);
  void add_scaled_rows(const int32_t* ids, std::span<const float> alpha, float* gradient) const;
  void add_to_rows(std::span<const int32_t> ids, const float* x);
  void add_to_runs(std::span<const int32_t> ids, std::span<const int64_t> end, const float* x);
  // Rows first, first + 1, ... += alpha[i] * hidden.
  void add_outer(int64_t first, std::span<const float> alpha, const float* hidden);
  void add_to_row(int64_t id, const float* x, float alpha);

  // Steps on rows of any matrices, found by row(), and on vectors of a worker's own; see
  // window_kernel.h and row_kernels.h.
  static void step_window(const WindowStep& step, float lr, WindowScratch& scratch);
  static void add_scaled(const float* x, float alpha, int32_t width, float* y);

  // For the rows that `mine` has: this += mine - merged, then mine = merged = this.
  void exchange(SharedMatrix& mine, SharedMatrix& merged);

  // Copies all values of a matrix of the same shape, on `threads` threads.
  void copy_from(const SharedMatrix& other, int threads);

 private:
  std::unique_ptr<float, UnmapRows> data_;
  int64_t rows_ = 0;
  int32_t dim_ = 0;
  int32_t width_ = 0;
};

// The first value of row `row`: dim floats, uniform in [-1/dim, 1/dim), a function of (seed, row)
// alone.
void first_row(uint64_t seed, int64_t row, int32_t dim, float* out);

}  // namespace wordfire
