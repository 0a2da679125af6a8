#include "cuda/launch_size.h"

#include <gtest/gtest.h>

#include <vector>

namespace wordfire {
namespace {

TEST(LaunchSize, SettlesWhereALaunchTakesLessThanASecond) {
  for (const double tokens_a_second : {1e5, 3e7, 1e9}) {
    LaunchSize size;
    double seconds = 0;
    for (int launch = 0; launch < 60; ++launch) {
      seconds = static_cast<double>(size.tokens()) / tokens_a_second;
      size.adapt(size.tokens(), seconds);
    }
    EXPECT_LT(seconds, 1.0) << tokens_a_second;
    EXPECT_GT(seconds, 0.1) << tokens_a_second;
  }
}

TEST(LaunchSize, TheLastLittleLaunchOfARangeChangesNothing) {
  LaunchSize size;
  const int64_t before = size.tokens();
  size.adapt(10, 1e-4);
  EXPECT_EQ(size.tokens(), before);
}

TEST(LaunchSize, FirstLinesEndWithTheOneThatReachesTheTokens) {
  const std::vector<int64_t> ends = {5, 10, 10, 30, 31};
  Corpus corpus;
  corpus.feature_end = corpus.token_end = ends;
  EXPECT_EQ(first_lines(corpus, {0, 5}, 1).end, 1);
  EXPECT_EQ(first_lines(corpus, {0, 5}, 5).end, 1);
  EXPECT_EQ(first_lines(corpus, {0, 5}, 6).end, 2);
  EXPECT_EQ(first_lines(corpus, {1, 5}, 6).end, 4);
  EXPECT_EQ(first_lines(corpus, {1, 3}, 100).end, 3);
  EXPECT_EQ(first_lines(corpus, {4, 5}, 1).end, 5);
}

}  // namespace
}  // namespace wordfire
