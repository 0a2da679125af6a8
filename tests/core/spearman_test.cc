#include "core/spearman.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace wordfire {
namespace {

using Values = std::vector<double>;

TEST(Spearman, OrderAloneCounts) {
  EXPECT_DOUBLE_EQ(spearman(Values{1, 2, 3}, Values{10, 100, 1000}), 1);
  EXPECT_DOUBLE_EQ(spearman(Values{1, 2, 3}, Values{5, 4, -9}), -1);
  EXPECT_DOUBLE_EQ(spearman(Values{1, 2, 3, 4, 5}, Values{5, 6, 7, 8, 7}), 0.82078268166812329);
}

TEST(Spearman, EqualValuesShareTheirRanks) {
  // Figures of scipy.stats.spearmanr.
  EXPECT_DOUBLE_EQ(spearman(Values{1, 1, 2, 2}, Values{1, 2, 3, 4}), 0.89442719099991586);
  EXPECT_NEAR(spearman(Values{3, 3, 3, 1, 2}, Values{9, 8, 9, 1, 1}), 0.88388347648318415, 1e-12);
}

TEST(Spearman, WithoutAnOrderThereIsNone) {
  EXPECT_TRUE(std::isnan(spearman(Values{}, Values{})));
  EXPECT_TRUE(std::isnan(spearman(Values{1}, Values{1})));
  EXPECT_TRUE(std::isnan(spearman(Values{1, 2, 3}, Values{4, 4, 4})));
}

}  // namespace
}  // namespace wordfire
