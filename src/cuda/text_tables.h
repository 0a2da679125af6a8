// What the output layer of a text classifier looks up, laid out for a GPU.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/alias_table.h"
#include "core/backend.h"
#include "core/huffman_tree.h"
#include "core/loss.h"
#include "cuda/text_layout.h"
#include "cuda/text_view.h"

namespace wordfire {

// The units on the way from each leaf of the tree up to the root, in this order.
struct TreePaths {
  std::vector<int64_t> end;    // [leaves]
  std::vector<int32_t> units;  // of leaf i: units[end[i - 1], end[i])
};

[[nodiscard]] TreePaths list_paths(const HuffmanTree& tree);

struct TextTables {
  // loss: outlives the tables. labels: rows of the output matrix.
  TextTables(const Loss& loss, int64_t labels);

  LossKind kind;
  int32_t neg;
  std::span<const AliasCell> negatives;
  TreePaths paths;
  int64_t outputs;  // output rows that a line moves, at most

  // In the host's memory.
  [[nodiscard]] LossView view() const;
  [[nodiscard]] int64_t bytes() const;
};

// tables: of the task. The lines at the beginning of the corpus stand for all.
[[nodiscard]] TextShape shape_of(const SupervisedTask& task, const TextTables& tables);

}  // namespace wordfire
