// A fixed division of a matrix's rows into parts, each of which one worker reads and writes alone:
// its rows stay in that core's cache and need no lock. A sum over rows of all parts is the sum, in
// a fixed binary tree, of the parts' sums, so its bits do not depend on which worker owns which
// parts.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/row_part_kernels.h"
#include "core/shared_matrix.h"

namespace wordfire {

// Row r belongs to part r % kRowParts. Also the most workers that can share the rows.
constexpr int kRowParts = kernels::kLeaves;

// Parts [begin, end) of a worker.
struct PartRange {
  int begin;
  int end;
};

// Divides the parts among `workers` in order of their numbers, so that the first worker has
// `first_share` of them, rounded, and the others about equally many of the rest; workers: 1 to
// kRowParts.
[[nodiscard]] std::vector<PartRange> divide_parts(int workers, double first_share);

// For one example each: the sums of the largest subtrees that one worker owns, at the place of the
// first part of each; the other places are not used.
class PartSums {
 public:
  // For `examples` examples and vectors of `dim` values.
  PartSums(int64_t examples, int32_t dim, std::span<const PartRange> ranges);

  // Row i: the sum of example i over the subtree that begins at part `part`.
  [[nodiscard]] SharedMatrix& of(int part) { return sums_[static_cast<size_t>(part)]; }
  // out = scale * sum over all parts for example i; out: buffer_width(dim) floats.
  void add_up(int64_t i, float scale, float* out) const;
  // Asks for what other cores have written of example i.
  void prefetch(int64_t i) const;

 private:
  std::array<SharedMatrix, kRowParts> sums_;
  std::vector<kernels::TreeNode> nodes_;  // of all workers, in order
};

// The parts of one worker, and which of their rows the examples of the latest batches use.
class RowParts {
 public:
  RowParts(SharedMatrix& matrix, const PartRange& range);

  // Begins the list of a batch; those of the two batches before it are kept.
  void begin_batch(int64_t batch);
  // Adds an example with its rows, of all parts.
  void add_example(int64_t batch, std::span<const int32_t> rows);
  // Brings the own rows of example i, if there is one, near.
  void prefetch(int64_t batch, int64_t i) const;
  // Writes the sums over own rows of each example that was added.
  void sum(int64_t batch, PartSums& sums);
  // Own rows of example i += gradients[i], in the order of the examples.
  void move(int64_t batch, const SharedMatrix& gradients);

 private:
  struct Batch {
    [[nodiscard]] std::span<const int32_t> own_rows() const { return std::span(rows).first(used); }

    std::vector<int32_t> rows;  // own rows of the examples, one after the other: [0, used)
    size_t used = 0;
    std::vector<int64_t> end;  // [examples]
  };
  [[nodiscard]] Batch& of(int64_t batch) { return batches_[static_cast<size_t>(batch % 3)]; }

  SharedMatrix* matrix_;
  PartRange range_;
  std::vector<kernels::TreeNode> nodes_;
  std::array<Batch, 3> batches_;
  std::vector<float> scratch_;  // [own parts, width]
};

}  // namespace wordfire
