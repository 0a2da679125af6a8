#include "cuda/text_tables.h"

#include <algorithm>

namespace wordfire {
namespace {

int64_t longest_of(const TreePaths& paths) {
  int64_t longest = 0;
  int64_t begin = 0;
  for (const int64_t end : paths.end) {
    longest = std::max(longest, end - begin);
    begin = end;
  }
  return longest;
}

int64_t most_outputs(const TextTables& tables, int64_t labels) {
  if (tables.kind == LossKind::kNegativeSampling) return int64_t{tables.neg} + 1;
  if (tables.kind == LossKind::kHierarchicalSoftmax) return longest_of(tables.paths);
  return labels;
}

}  // namespace

TreePaths list_paths(const HuffmanTree& tree) {
  TreePaths paths;
  paths.end.reserve(static_cast<size_t>(tree.leaves()));
  for (int32_t leaf = 0; leaf < tree.leaves(); ++leaf) {
    for (int32_t at = leaf; at != tree.root(); at = tree.node(at).parent) {
      paths.units.push_back(
          make_unit(tree.node(at).parent - tree.leaves(), tree.node(at).is_right));
    }
    paths.end.push_back(static_cast<int64_t>(paths.units.size()));
  }
  return paths;
}

TextTables::TextTables(const Loss& loss, int64_t labels) : kind(loss.kind()) {
  const LossTables from = loss.tables();
  neg = from.neg;
  negatives = from.negatives;
  if (from.tree != nullptr) paths = list_paths(*from.tree);
  outputs = most_outputs(*this, labels);
}

LossView TextTables::view() const {
  return {kind, neg, negatives.data(), paths.end.data(), paths.units.data()};
}

int64_t TextTables::bytes() const {
  return static_cast<int64_t>(negatives.size_bytes() + paths.end.size() * sizeof(int64_t) +
                              paths.units.size() * sizeof(int32_t));
}

TextShape shape_of(const SupervisedTask& task, const TextTables& tables) {
  constexpr int64_t kSample = 1000;
  const int64_t lines = std::min(kSample, task.corpus.examples());
  int64_t rows = 0;
  for (int64_t i = 0; i < lines; ++i) {
    rows += task.subwords.expanded_size(task.corpus.features_of(i));
  }
  const double mean = static_cast<double>(rows) / static_cast<double>(std::max<int64_t>(lines, 1));
  return {task.weights.input.dim(), tables.outputs, mean};
}

}  // namespace wordfire
