#include "cuda/row_crowds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "cuda/crowd_share.h"
#include "tests/cuda/word_fixture.h"

namespace wordfire {
namespace {

TEST(CrowdShare, IsWhatStepsOneAfterTheOtherWouldMake) {
  EXPECT_EQ(crowd_share(0), 1);
  for (const float pull : {1e-4f, 0.5f, 3.0f, 40.0f}) {
    // A thousand steps towards rest, each by pull / 1000 of what is left.
    double left = 1;
    for (int step = 0; step < 1000; ++step) left *= 1 - pull / 1000;
    EXPECT_NEAR(crowd_share(pull) * pull, 1 - left, 1e-3) << pull;
  }
}

TEST(CrowdShare, HasNoStepWhereItsFormulaChanges) {
  EXPECT_NEAR(crowd_share(0.9999e-3f), crowd_share(1.0001e-3f), 1e-4);
}

TEST(RowCrowds, FrequentWordsAreCrowded) {
  WordFixture fixture({ModelKind::kSkipgram, false, 0, 5, 10});
  const RowCrowds crowds = row_crowds(fixture.task(fixture.no_text));
  EXPECT_TRUE(std::is_sorted(crowds.output.rbegin(), crowds.output.rend()));
  EXPECT_TRUE(std::is_sorted(crowds.input.rbegin(), crowds.input.rend()));
  EXPECT_GT(crowds.input.back(), 0);
}

TEST(RowCrowds, AnNgramIsPulledAtByAllItsWords) {
  WordFixture fixture({ModelKind::kSkipgram, true, 0, 5, 10});
  const RowCrowds crowds = row_crowds(fixture.task(fixture.no_text));
  // Every word has n-grams of "<word", and its own row is pulled at by no other.
  const int32_t shared = fixture.subwords.rows_of(0)[1];
  double pulls = 0;
  for (int32_t word = 0; word < WordFixture::kWords; ++word) {
    const auto rows = fixture.subwords.rows_of(word);
    pulls += static_cast<double>(crowds.input[static_cast<size_t>(rows[0])]) *
             static_cast<double>(std::count(rows.begin(), rows.end(), shared));
  }
  EXPECT_NEAR(crowds.input[static_cast<size_t>(shared)], pulls, 1e-5 * pulls);
}

}  // namespace
}  // namespace wordfire
