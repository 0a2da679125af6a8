#include "core/row_part_kernels.h"

#include <algorithm>

#include "core/row_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/row_part_kernels.cc"
#include <hwy/foreach_target.h>
// After foreach_target:
#include <hwy/highway.h>

#include "core/column_blocks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace wordfire {
namespace HWY_NAMESPACE {

using kernels::kLeaves;
using kernels::TreeNode;

// leaves row id % kLeaves += row id, for each id.
template <int K>
HWY_INLINE void sum_leaves_block(const RowsView& rows, const int32_t* ids, int64_t n, int64_t ahead,
                                 int64_t column, float* leaves) {
  const FullTag d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t width = buffer_width(rows.dim);
  const int64_t row_bytes = std::min<int64_t>(rows.dim - column, K * lanes) * 4;
  const auto last = hn::FirstN(d, static_cast<size_t>(rows.dim - column - (K - 1) * lanes));
  for (int64_t i = 0; i < n; ++i) {
    if (i + kPrefetchRows < n + ahead) {
      prefetch_row(rows.row(ids[i + kPrefetchRows]) + column * 4, row_bytes);
    }
    const std::byte* const row = rows.row(ids[i]) + column * 4;
    float* const sum = leaves + (ids[i] & (kLeaves - 1)) * width + column;
    for (int k = 0; k < K; ++k) {
      auto w = load_bytes(d, row + k * lanes * 4);
      if (k == K - 1) w = hn::IfThenElseZero(last, w);
      hn::StoreU(hn::Add(hn::LoadU(d, sum + k * lanes), w), d, sum + k * lanes);
    }
  }
}

// x[0, n) += y[0, n); n: a multiple of 16.
HWY_INLINE void add_vectors(float* x, const float* y, int64_t n) {
  const FullTag d;
  for (int64_t i = 0; i < n; i += static_cast<int64_t>(hn::Lanes(d))) {
    hn::StoreU(hn::Add(hn::LoadU(d, x + i), hn::LoadU(d, y + i)), d, x + i);
  }
}

// Without a call to memset() or memcpy(), which costs more than a few vectors.
HWY_INLINE void set_zero(float* x, int64_t n) {
  const FullTag d;
  for (int64_t i = 0; i < n; i += static_cast<int64_t>(hn::Lanes(d))) {
    hn::StoreU(hn::Zero(d), d, x + i);
  }
}
HWY_INLINE void copy_vectors(const float* x, int64_t n, float* out) {
  const FullTag d;
  for (int64_t i = 0; i < n; i += static_cast<int64_t>(hn::Lanes(d))) {
    hn::StoreU(hn::LoadU(d, x + i), d, out + i);
  }
}

void sum_runs(const RowsView& rows, const int32_t* ids, const int64_t* end, int64_t runs,
              const TreeNode* nodes, int64_t n_nodes, float* scratch, float* const* out) {
  const int64_t width = buffer_width(rows.dim);
  int64_t begin = 0;
  for (int64_t run = 0; run < runs; begin = end[run++]) {
    for (const TreeNode* node = nodes; node < nodes + n_nodes; ++node) {
      set_zero(scratch + node->first * width, node->leaves * width);
    }
    for_each_block(rows.dim, [&]<int K>(int64_t column) {
      sum_leaves_block<K>(rows, ids + begin, end[run] - begin, end[runs - 1] - end[run], column,
                          scratch);
    });
    for (const TreeNode* node = nodes; node < nodes + n_nodes; ++node) {
      float* const leaves = scratch + node->first * width;
      for (int64_t half = 1; half < node->leaves; half *= 2) {
        for (int64_t i = 0; i < node->leaves; i += 2 * half) {
          add_vectors(leaves + i * width, leaves + (i + half) * width, width);
        }
      }
      copy_vectors(leaves, width, out[node->first] + run * width);
    }
  }
}

void sum_tree(const float* const* x, const TreeNode* nodes, int64_t n_nodes, int64_t width,
              float scale, float* out) {
  const FullTag d;
  const auto factor = hn::Set(d, scale);
  for (int64_t i = 0; i < width; i += static_cast<int64_t>(hn::Lanes(d))) {
    // A stack of complete subtrees; two of the same size that are neighbours become one.
    hn::Vec<FullTag> sums[kLeaves];
    int32_t sizes[kLeaves];
    int top = -1;
    for (const TreeNode* node = nodes; node < nodes + n_nodes; ++node) {
      sums[++top] = hn::LoadU(d, x[node->first] + i);
      sizes[top] = node->leaves;
      while (top > 0 && sizes[top - 1] == sizes[top]) {
        sums[top - 1] = hn::Add(sums[top - 1], sums[top]);
        sizes[--top] *= 2;
      }
    }
    hn::StoreU(hn::Mul(sums[0], factor), d, out + i);
  }
}

int64_t select_rows(const int32_t* ids, int64_t n, int32_t mask, int32_t begin, int32_t end,
                    int32_t* out) {
  const hn::ScalableTag<int32_t> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto of_parts = hn::Set(d, mask);
  const auto below = hn::Set(d, begin - 1);
  const auto above = hn::Set(d, end);
  int64_t found = 0;
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto id = hn::LoadU(d, ids + i);
    const auto part = hn::And(id, of_parts);
    const auto own = hn::And(hn::Gt(part, below), hn::Lt(part, above));
    // Not CompressStore: compressing straight to memory is microcode on some processors.
    hn::StoreU(hn::Compress(id, own), d, out + found);
    found += static_cast<int64_t>(hn::CountTrue(d, own));
  }
  for (; i < n; ++i) {
    const int32_t part = ids[i] & mask;
    if (part >= begin && part < end) out[found++] = ids[i];
  }
  return found;
}

void add_to_runs(float* base, int32_t width, const int32_t* ids, const int64_t* end, int64_t runs,
                 const float* x) {
  int64_t begin = 0;
  for (int64_t run = 0; run < runs; begin = end[run++]) {
    add_to_rows_ahead(base, width, ids + begin, end[run] - begin, end[runs - 1] - end[run],
                      x + run * buffer_width(width));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace wordfire
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordfire::kernels {

HWY_EXPORT(sum_runs);
HWY_EXPORT(sum_tree);
HWY_EXPORT(select_rows);
HWY_EXPORT(add_to_runs);

void sum_runs(const RowsView& rows, const int32_t* ids, const int64_t* end, int64_t runs,
              const TreeNode* nodes, int64_t n_nodes, float* scratch, float* const* out) {
  HWY_DYNAMIC_DISPATCH(sum_runs)(rows, ids, end, runs, nodes, n_nodes, scratch, out);
}
void sum_tree(const float* const* x, const TreeNode* nodes, int64_t n_nodes, int64_t width,
              float scale, float* out) {
  HWY_DYNAMIC_DISPATCH(sum_tree)(x, nodes, n_nodes, width, scale, out);
}
int64_t select_rows(const int32_t* ids, int64_t n, int32_t mask, int32_t begin, int32_t end,
                    int32_t* out) {
  return HWY_DYNAMIC_DISPATCH(select_rows)(ids, n, mask, begin, end, out);
}
void add_to_runs(float* base, int32_t width, const int32_t* ids, const int64_t* end, int64_t runs,
                 const float* x) {
  HWY_DYNAMIC_DISPATCH(add_to_runs)(base, width, ids, end, runs, x);
}

}  // namespace wordfire::kernels
#endif
