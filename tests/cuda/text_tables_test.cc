#include "cuda/text_tables.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "tests/core/training_text.h"
#include "tests/reference/plain_tree.h"

namespace wordfire {
namespace {

std::vector<int64_t> falling_counts(int32_t n) {
  std::vector<int64_t> counts;
  for (int32_t i = 0; i < n; ++i) counts.push_back(1 + 100'000 / (1 + i * i));
  return counts;
}

ModelArgs args_of(LossKind loss) {
  ModelArgs args;
  args.loss = loss;
  args.neg = 5;
  return args;
}

TEST(TextTables, PathsAreThoseOfThePlainTree) {
  for (const int32_t labels : {1, 2, 3, 14, 735}) {
    const auto counts = falling_counts(labels);
    const auto loss = make_loss(args_of(LossKind::kHierarchicalSoftmax), counts);
    const TextTables tables(*loss, labels);
    const auto tree = reference::huffman_tree(counts);
    size_t at = 0;
    size_t longest = 0;
    for (int32_t label = 0; label < labels; ++label) {
      const auto path = reference::path_of(tree, label);
      for (const auto& [row, positive] : path) {
        EXPECT_EQ(row_of_unit(tables.paths.units[at]), row);
        EXPECT_EQ(is_positive(tables.paths.units[at]), positive);
        ++at;
      }
      longest = std::max(longest, path.size());
      ASSERT_EQ(tables.paths.end[static_cast<size_t>(label)], static_cast<int64_t>(at));
    }
    EXPECT_EQ(tables.outputs, static_cast<int64_t>(longest));
    EXPECT_EQ(tables.bytes(), static_cast<int64_t>(8 * tables.paths.end.size() + 4 * at));
  }
}

TEST(TextTables, NegativesAreThoseThatTheLossDraws) {
  const auto counts = falling_counts(40);
  const auto loss = make_loss(args_of(LossKind::kNegativeSampling), counts);
  const TextTables tables(*loss, 40);
  const AliasTable want(powered_counts(counts, kNegativePower));
  ASSERT_EQ(tables.negatives.size(), 40u);
  Rng rng(1);
  Rng same(1);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(draw_alias(tables.negatives.data(), 40, rng.next()), want.draw(same));
  }
  EXPECT_EQ(tables.neg, 5);
  EXPECT_EQ(tables.outputs, 6);
}

TEST(TextTables, LossesOfAllRowsMoveAllRowsAndLookUpNothing) {
  for (const LossKind kind : {LossKind::kSoftmax, LossKind::kOneVsAll}) {
    const auto loss = make_loss(args_of(kind), falling_counts(30));
    const TextTables tables(*loss, 30);
    EXPECT_EQ(tables.outputs, 30);
    EXPECT_EQ(tables.bytes(), 0);
    EXPECT_EQ(tables.view().kind, kind);
  }
}

TEST(TextTables, AShapeCountsTheRowsOfCharacterNgrams) {
  ModelArgs args = args_of(LossKind::kSoftmax);
  args.dim = 10;
  args.bucket = 50;
  for (const bool has_subwords : {false, true}) {
    args.minn = has_subwords ? 2 : 0;
    args.maxn = has_subwords ? 3 : 0;
    const TrainingText text(labelled_text(200, 1), args);
    Weights weights = text.first_weights();
    const auto loss = make_loss(args, text.label_counts());
    const SupervisedTask task{text.corpus(), text.subwords(), *loss, weights, 0, 1, 1};
    const auto rows = [](double sum, const auto& example) {
      return sum + static_cast<double>(example.features.size());
    };
    const double want =
        std::accumulate(text.examples().begin(), text.examples().end(), 0.0, rows) / 200;
    const TextShape shape = shape_of(task, TextTables(*loss, weights.output.rows()));
    EXPECT_NEAR(shape.features, want, 1e-9);
    EXPECT_EQ(shape.dim, 10);
    EXPECT_EQ(shape.outputs, weights.output.rows());
  }
}

}  // namespace
}  // namespace wordfire
