#include "train/line_set.h"

#include <gtest/gtest.h>

#include <set>

#include "core/rng.h"

namespace wordfire {
namespace {

TEST(LineSet, RemembersWhatWasInserted) {
  std::set<uint64_t> plain;
  LineSet lines(20'000);
  Rng rng(1);
  for (int i = 0; i < 20'000; ++i) {
    const uint64_t hash = mix64(rng.below(8000));
    EXPECT_EQ(lines.insert(hash), !plain.insert(hash).second);
  }
  for (uint64_t i = 0; i < 16'000; ++i) {
    EXPECT_EQ(lines.contains(mix64(i)), plain.contains(mix64(i)));
  }
}

TEST(LineSet, KeepsEveryHashOfAFewLines) {
  const LineSet lines(1000);
  EXPECT_EQ(lines.share(), 1);
  for (uint64_t i = 0; i < 1000; ++i) EXPECT_TRUE(lines.keeps(mix64(i)));
}

TEST(LineSet, IsEmptyAtFirst) {
  const LineSet lines(0);
  EXPECT_FALSE(lines.contains(7));
  EXPECT_FALSE(lines.contains(0));
}

TEST(LineSet, HashesThatShareASlotAreToldApart) {
  LineSet lines(100);
  for (uint64_t i = 1; i <= 100; ++i) EXPECT_FALSE(lines.insert(i));
  for (uint64_t i = 1; i <= 100; ++i) EXPECT_TRUE(lines.insert(i));
  EXPECT_FALSE(lines.contains(101));
}

TEST(LineSet, BeyondItsSizeItKeepsAFixedShare) {
  constexpr int64_t kLines = int64_t{20} << 20;
  LineSet lines(kLines);
  EXPECT_EQ(lines.share(), 3);
  int64_t kept = 0;
  for (uint64_t i = 0; i < 30'000; ++i) kept += lines.keeps(mix64(i)) ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(kept), 10'000, 4 * 82);  // sigma: sqrt(n p q) = 82
}

}  // namespace
}  // namespace wordfire
