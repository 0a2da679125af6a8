// The binary tree of hierarchical softmax (Morin and Bengio 2005; Mikolov et al. 2013,
// arXiv:1310.4546, section 2.1), built as fastText builds it, ties included, since a model file
// does not hold it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace wordfire {

class HuffmanTree {
 public:
  HuffmanTree() = default;
  // counts: of the leaves, falling; at least one. Leaves are nodes [0, n), inner nodes [n, 2n - 1),
  // the root last; inner node i has output row i - n.
  explicit HuffmanTree(std::span<const int64_t> counts);

  struct Node {
    int32_t parent = -1;
    int32_t left = -1;
    int32_t right = -1;
    bool is_right = false;  // of its parent; fastText's "binary" code
  };

  [[nodiscard]] int32_t leaves() const { return static_cast<int32_t>(nodes_.size() + 1) / 2; }
  [[nodiscard]] int32_t root() const { return static_cast<int32_t>(nodes_.size()) - 1; }
  [[nodiscard]] const Node& node(int32_t i) const { return nodes_[i]; }
  [[nodiscard]] bool is_leaf(int32_t i) const { return i < leaves(); }

 private:
  std::vector<Node> nodes_;
};

}  // namespace wordfire
