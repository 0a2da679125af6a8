#include "core/alias_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace wordfire {
namespace {

std::vector<int> draw(const AliasTable& table, size_t size, int draws) {
  std::vector<int> hits(size);
  Rng rng(42);
  for (int i = 0; i < draws; ++i) ++hits.at(static_cast<size_t>(table.draw(rng)));
  return hits;
}

// Each frequency lies within four standard deviations of its probability.
void check_frequencies(const std::vector<double>& weights) {
  constexpr int kDraws = 400'000;
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const std::vector<int> hits = draw(AliasTable(weights), weights.size(), kDraws);
  for (size_t i = 0; i < weights.size(); ++i) {
    const double p = weights[i] / sum;
    EXPECT_NEAR(hits[i], p * kDraws, 4 * std::sqrt(p * (1 - p) * kDraws)) << i;
  }
}

TEST(AliasTable, FrequenciesFollowWeights) {
  check_frequencies({1});
  check_frequencies({1, 1, 1, 1});
  check_frequencies({1, 2, 3, 4, 5, 6, 7});
  check_frequencies({0.5, 100, 0.25, 3, 3, 3, 1e-3});
}

TEST(AliasTable, FrequenciesOfManyFallingWeights) {
  std::vector<double> weights;
  for (int i = 1; i <= 300; ++i) weights.push_back(1.0 / i);
  check_frequencies(weights);
}

TEST(AliasTable, NothingIsDrawnThatHasNoWeight) {
  const std::vector<double> weights = {0, 3, 0, 0.1, 0, 0, 7, 0};
  const std::vector<int> hits = draw(AliasTable(weights), weights.size(), 100'000);
  for (size_t i = 0; i < weights.size(); ++i) EXPECT_EQ(hits[i] > 0, weights[i] > 0) << i;
}

TEST(AliasTable, ExtremeWeightsKeepTheirRank) {
  const std::vector<int> tiny = draw(AliasTable(std::vector<double>{1e-300, 1e-12, 1}), 3, 100'000);
  EXPECT_EQ(tiny, std::vector<int>({0, 0, 100'000}));
  const std::vector<int> huge = draw(AliasTable(std::vector<double>{1e300, 1, 1e300}), 3, 100'000);
  EXPECT_EQ(huge[1], 0);
  EXPECT_NEAR(huge[0], 50'000, 4 * std::sqrt(25'000));
}

TEST(PoweredCounts, ArePowersOfTheCounts) {
  const std::vector<int64_t> counts = {100, 4, 1};
  EXPECT_EQ(powered_counts(counts, 0.5), std::vector<double>({10, 2, 1}));
  EXPECT_EQ(powered_counts(counts, 0), std::vector<double>({1, 1, 1}));
}

}  // namespace
}  // namespace wordfire
