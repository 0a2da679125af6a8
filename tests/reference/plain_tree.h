// fastText's Huffman tree by its rule, said plainly: the two nodes of smallest count are joined,
// the first of them to the left, until one is left. Of equal counts an inner node comes before a
// leaf, the inner node made first before later ones, and the leaf of highest number before others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

namespace wordfire::reference {

struct TreeNode {
  int64_t count = 0;
  int32_t parent = -1;
  bool is_right = false;
};

// Takes the node that comes first out of `open` (nodes without a parent).
inline int32_t take_smallest(const std::vector<TreeNode>& nodes, int32_t leaves,
                             std::vector<int32_t>& open) {
  const auto rank = [&](int32_t i) {
    const bool leaf = i < leaves;
    return std::make_tuple(nodes[static_cast<size_t>(i)].count, leaf, leaf ? -i : i);
  };
  size_t best = 0;
  for (size_t i = 1; i < open.size(); ++i) {
    if (rank(open[i]) < rank(open[best])) best = i;
  }
  const int32_t node = open[best];
  open.erase(open.begin() + static_cast<ptrdiff_t>(best));
  return node;
}

inline std::vector<TreeNode> huffman_tree(const std::vector<int64_t>& counts) {
  const auto leaves = static_cast<int32_t>(counts.size());
  std::vector<TreeNode> nodes;
  std::vector<int32_t> open;
  for (const int64_t count : counts) {
    open.push_back(static_cast<int32_t>(nodes.size()));
    nodes.push_back({count, -1, false});
  }
  while (open.size() > 1) {
    const auto left = static_cast<size_t>(take_smallest(nodes, leaves, open));
    const auto right = static_cast<size_t>(take_smallest(nodes, leaves, open));
    const auto made = static_cast<int32_t>(nodes.size());
    nodes.push_back({nodes[left].count + nodes[right].count, -1, false});
    nodes[left].parent = made;
    nodes[right].parent = made;
    nodes[right].is_right = true;
    open.push_back(made);
  }
  return nodes;
}

// The way from a leaf up to the root: (output row of the inner node, whether it turned right
// there).
inline std::vector<std::pair<int32_t, bool>> path_of(const std::vector<TreeNode>& nodes,
                                                     int32_t leaf) {
  const auto leaves = static_cast<int32_t>(nodes.size() / 2 + 1);
  std::vector<std::pair<int32_t, bool>> path;
  for (int32_t at = leaf; nodes[static_cast<size_t>(at)].parent >= 0;) {
    const TreeNode& node = nodes[static_cast<size_t>(at)];
    path.emplace_back(node.parent - leaves, node.is_right);
    at = node.parent;
  }
  return path;
}

}  // namespace wordfire::reference
