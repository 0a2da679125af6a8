#include "core/huffman_tree.h"

namespace wordfire {

// Two queues: leaves from the rarest up, inner nodes in the order they are made. An inner node that
// does not exist yet counts 1e15, so a leaf is preferred to it.
HuffmanTree::HuffmanTree(std::span<const int64_t> counts) {
  constexpr int64_t kNotMade = 1'000'000'000'000'000;
  const auto n = static_cast<int32_t>(counts.size());
  nodes_.resize(2 * counts.size() - 1);
  std::vector<int64_t> count(nodes_.size(), kNotMade);
  for (int32_t i = 0; i < n; ++i) count[i] = counts[i];

  int32_t leaf = n - 1;
  int32_t inner = n;
  const auto take_rarest = [&] {
    return leaf >= 0 && count[leaf] < count[inner] ? leaf-- : inner++;
  };
  for (int32_t made = n; made < static_cast<int32_t>(nodes_.size()); ++made) {
    const int32_t left = take_rarest();
    const int32_t right = take_rarest();
    nodes_[made].left = left;
    nodes_[made].right = right;
    count[made] = count[left] + count[right];
    nodes_[left].parent = made;
    nodes_[right].parent = made;
    nodes_[right].is_right = true;
  }
}

}  // namespace wordfire
