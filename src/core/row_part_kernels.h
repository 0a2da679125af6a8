// The arithmetic of core/row_parts.h: sums over rows that several workers own parts of, added up in
// a fixed binary tree, and the steps of such rows.
#pragma once

#include <cstdint>

#include "core/matrix.h"

namespace wordfire::kernels {

// A subtree of a binary tree over kLeaves leaves that a sum is added up in: leaves [first, first +
// leaves), leaves a power of two that divides first. Adding up in a tree gives the same bits
// however its subtrees are divided.
constexpr int32_t kLeaves = 8;
struct TreeNode {
  int32_t first;
  int32_t leaves;
};

// For runs of ids: row r of out[node.first] (buffer_width(dim) floats a row) = the sum over
// ids[end[r - 1], end[r]) of the rows of this node: row id is added to leaf id % kLeaves, leaves in
// the tree. Every id must belong to one of the nodes. scratch: kLeaves rows.
void sum_runs(const RowsView& rows, const int32_t* ids, const int64_t* end, int64_t runs,
              const TreeNode* nodes, int64_t n_nodes, float* scratch, float* const* out);

// out = scale * the sum of the whole tree from the sums x[node.first] of nodes that cover it, in
// order; vectors of `width` floats, a multiple of 16.
void sum_tree(const float* const* x, const TreeNode* nodes, int64_t n_nodes, int64_t width,
              float scale, float* out);

// Copies those of ids[0, n) with (id & mask) in [begin, end) to `out`, in their order, and returns
// how many they are. out: n + kSelectSlack values, those behind the result are undefined.
[[nodiscard]] int64_t select_rows(const int32_t* ids, int64_t n, int32_t mask, int32_t begin,
                                  int32_t end, int32_t* out);
constexpr int64_t kSelectSlack = 64;

// Row id += row r of x (buffer_width floats) for each id in ids[end[r - 1], end[r]); base: rows of
// `width` floats (padded_width).
void add_to_runs(float* base, int32_t width, const int32_t* ids, const int64_t* end, int64_t runs,
                 const float* x);

}  // namespace wordfire::kernels
