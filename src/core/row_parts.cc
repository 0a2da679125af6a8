#include "core/row_parts.h"

#include <algorithm>
#include <cmath>

#include "core/row_kernels.h"

namespace wordfire {
namespace {

// The largest aligned subtrees that cover the parts of `range`.
std::vector<kernels::TreeNode> nodes_of(const PartRange& range) {
  std::vector<kernels::TreeNode> nodes;
  for (int32_t first = range.begin; first < range.end; first += nodes.back().leaves) {
    int32_t leaves = 1;
    while (first % (2 * leaves) == 0 && first + 2 * leaves <= range.end) leaves *= 2;
    nodes.push_back({first, leaves});
  }
  return nodes;
}

}  // namespace

std::vector<PartRange> divide_parts(int workers, double first_share) {
  const int least = workers == 1 ? kRowParts : 0;
  const int first = std::clamp(static_cast<int>(std::lround(kRowParts * first_share)), least,
                               kRowParts - (workers - 1));
  std::vector<PartRange> ranges = {{0, first}};
  for (int worker = 1; worker < workers; ++worker) {
    const int end = first + (kRowParts - first) * worker / (workers - 1);
    ranges.push_back({ranges.back().end, end});
  }
  return ranges;
}

PartSums::PartSums(int64_t examples, int32_t dim, std::span<const PartRange> ranges) {
  for (const PartRange& range : ranges) {
    for (const kernels::TreeNode& node : nodes_of(range)) {
      nodes_.push_back(node);
      of(node.first) = SharedMatrix(examples, buffer_width(dim));
    }
  }
}

void PartSums::add_up(int64_t i, float scale, float* out) const {
  std::array<const float*, kRowParts> sums = {};
  for (const kernels::TreeNode& node : nodes_) {
    const auto part = static_cast<size_t>(node.first);
    sums[part] = sums_[part].row(i);
  }
  const int64_t width = sums_[static_cast<size_t>(nodes_[0].first)].dim();
  kernels::sum_tree(sums.data(), nodes_.data(), static_cast<int64_t>(nodes_.size()), width, scale,
                    out);
}

void PartSums::prefetch(int64_t i) const {
  for (const kernels::TreeNode& node : nodes_) {
    __builtin_prefetch(sums_[static_cast<size_t>(node.first)].row(i));
  }
}

RowParts::RowParts(SharedMatrix& matrix, const PartRange& range)
    : matrix_(&matrix),
      range_(range),
      nodes_(nodes_of(range)),
      scratch_(static_cast<size_t>(kRowParts * buffer_width(matrix.dim()))) {}

void RowParts::begin_batch(int64_t batch) {
  of(batch).used = 0;
  of(batch).end.clear();
}

void RowParts::add_example(int64_t batch, std::span<const int32_t> rows) {
  Batch& to = of(batch);
  const size_t room = to.used + rows.size() + kernels::kSelectSlack;
  if (to.rows.size() < room) to.rows.resize(2 * room);
  to.used += static_cast<size_t>(
      kernels::select_rows(rows.data(), static_cast<int64_t>(rows.size()), kRowParts - 1,
                           range_.begin, range_.end, to.rows.data() + to.used));
  to.end.push_back(static_cast<int64_t>(to.used));
}

void RowParts::prefetch(int64_t batch, int64_t i) const {
  const Batch& from = batches_[static_cast<size_t>(batch % 3)];
  if (i >= static_cast<int64_t>(from.end.size())) return;
  const auto at = static_cast<size_t>(i);
  const auto begin = static_cast<size_t>(i == 0 ? 0 : from.end[at - 1]);
  matrix_->prefetch(from.own_rows().subspan(begin, static_cast<size_t>(from.end[at]) - begin));
}

void RowParts::sum(int64_t batch, PartSums& sums) {
  std::array<float*, kRowParts> out = {};
  for (const kernels::TreeNode& node : nodes_) {
    out[static_cast<size_t>(node.first)] = sums.of(node.first).row(0);
  }
  matrix_->sum_runs(of(batch).own_rows(), of(batch).end, nodes_, scratch_.data(), out.data());
}

void RowParts::move(int64_t batch, const SharedMatrix& gradients) {
  matrix_->add_to_runs(of(batch).own_rows(), of(batch).end, gradients.row(0));
}

}  // namespace wordfire
