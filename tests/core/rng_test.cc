#include "core/rng.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace wordfire {
namespace {

TEST(Rng, Mix64IsSplitMix64) {
  // The first outputs of the published generator for seed 1234567.
  uint64_t state = 1234567;
  for (const uint64_t expected : {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                  4593380528125082431u, 16408922859458223821u}) {
    EXPECT_EQ(mix64(state += kGoldenGamma), expected);
  }
}

TEST(Rng, TheSameNamesGiveTheSameDraws) {
  Rng a(7, 3, 5);
  Rng b(7, 3, 5);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next(), b.next());
}

TEST(Rng, OtherNamesGiveOtherDraws) {
  std::set<uint64_t> first;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    for (uint64_t stream = 0; stream < 20; ++stream) {
      for (uint64_t substream = 0; substream < 20; ++substream) {
        first.insert(Rng(seed, stream, substream).next());
      }
    }
  }
  EXPECT_EQ(first.size(), 8000u);
}

TEST(Rng, BelowIsUniform) {
  for (const uint32_t n : {1u, 2u, 7u, 100u}) {
    std::vector<int> hits(n);
    constexpr int kDraws = 100'000;
    Rng rng(n);
    for (int i = 0; i < kDraws; ++i) ++hits.at(rng.below(n));
    const double mean = double{kDraws} / n;
    const double sigma = std::sqrt(mean * (1 - 1.0 / n));
    for (const int count : hits) EXPECT_NEAR(count, mean, 4 * sigma) << n;
  }
}

TEST(Rng, SkippingIsDrawing) {
  Rng drawn(4, 2, 1);
  for (int i = 0; i < 37; ++i) drawn.next();
  Rng skipped(4, 2, 1);
  skipped.skip(37);
  EXPECT_EQ(skipped.next(), drawn.next());
}

TEST(Rng, BelowReachesTheLargestRange) {
  Rng rng(1);
  uint32_t largest = 0;
  for (int i = 0; i < 1000; ++i) largest = std::max(largest, rng.below(0xffffffffu));
  EXPECT_GT(largest, 0xf0000000u);
}

TEST(Rng, UniformLiesInTheUnitIntervalWithItsMeanAndVariance) {
  constexpr int kDraws = 100'000;
  Rng rng(3);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const float x = rng.uniform();
    ASSERT_GE(x, 0.0f);
    ASSERT_LT(x, 1.0f);
    sum += x;
    squares += double{x} * x;
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 4 * std::sqrt(1.0 / 12 / kDraws));
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 4 * std::sqrt(4.0 / 45 / kDraws));
}

}  // namespace
}  // namespace wordfire
