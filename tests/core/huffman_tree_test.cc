#include "core/huffman_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

#include "tests/reference/plain_tree.h"

namespace wordfire {
namespace {

using Counts = std::vector<int64_t>;

void check_tree(const Counts& counts) {
  const HuffmanTree tree(counts);
  const std::vector<reference::TreeNode> plain = reference::huffman_tree(counts);
  ASSERT_EQ(tree.leaves(), static_cast<int32_t>(counts.size()));
  ASSERT_EQ(tree.root(), static_cast<int32_t>(plain.size()) - 1);
  for (int32_t i = 0; i <= tree.root(); ++i) {
    const reference::TreeNode& expected = plain[static_cast<size_t>(i)];
    EXPECT_EQ(tree.node(i).parent, expected.parent) << i;
    EXPECT_EQ(tree.node(i).is_right, expected.is_right) << i;
    if (expected.parent < 0) continue;
    const HuffmanTree::Node& parent = tree.node(expected.parent);
    EXPECT_EQ(expected.is_right ? parent.right : parent.left, i);
  }
}

TEST(HuffmanTree, JoinsTheTwoRarest) {
  check_tree({5});
  check_tree({5, 3});
  check_tree({40, 20, 10, 5, 2, 1});
}

TEST(HuffmanTree, TiesAreThoseOfFastText) {
  check_tree({1, 1});
  check_tree({1, 1, 1});
  check_tree(Counts(64, 1));
  check_tree(Counts(100, 7));
  check_tree({4, 2, 1, 1});
  check_tree({8, 4, 4, 2, 2, 2, 1, 1, 1, 1});
}

TEST(HuffmanTree, RandomCountsWithTies) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    Counts counts(1 + random() % 60);
    for (int64_t& count : counts) count = 1 + random() % 12;
    std::ranges::sort(counts, std::greater<>());
    check_tree(counts);
  }
}

TEST(HuffmanTree, TheTreeOfHandIsRight) {
  // 1 + 1 -> 2 (node 4); 2 (node 4) + 2 -> 4 (node 5), the inner node first; 3 + 4 -> 7.
  const HuffmanTree tree(Counts{3, 2, 1, 1});
  EXPECT_EQ(tree.node(4).left, 3);
  EXPECT_EQ(tree.node(4).right, 2);
  EXPECT_EQ(tree.node(5).left, 4);
  EXPECT_EQ(tree.node(5).right, 1);
  EXPECT_EQ(tree.node(6).left, 0);
  EXPECT_EQ(tree.node(6).right, 5);
}

TEST(HuffmanTree, PathsAreAPrefixCode) {
  const Counts counts = {1000, 500, 100, 100, 99, 3, 3, 3, 1};
  const HuffmanTree tree(counts);
  double kraft = 0;
  for (int32_t leaf = 0; leaf < tree.leaves(); ++leaf) {
    EXPECT_TRUE(tree.is_leaf(leaf));
    double share = 1;
    for (int32_t at = leaf; at != tree.root(); at = tree.node(at).parent) share /= 2;
    kraft += share;
  }
  EXPECT_EQ(kraft, 1);
}

}  // namespace
}  // namespace wordfire
