#include "train/epoch_ranges.h"

#include <gtest/gtest.h>

namespace wordfire {
namespace {

Corpus corpus_of(const std::vector<int64_t>& token_end) {
  return {{}, token_end, {}, {}, token_end, nullptr};
}

using Ends = std::vector<int64_t>;

Ends ends_of(const std::vector<ExampleRange>& ranges) {
  Ends ends;
  for (const ExampleRange& range : ranges) {
    EXPECT_EQ(range.begin, ends.empty() ? 0 : ends.back());
    ends.push_back(range.end);
  }
  return ends;
}

TEST(EpochRanges, ASmallTextIsOne) {
  EXPECT_EQ(ends_of(epoch_ranges(corpus_of({3, 5, 9}))), Ends{3});
  EXPECT_EQ(ends_of(epoch_ranges(corpus_of({}))), Ends{});
}

TEST(EpochRanges, EndWithTheFirstExampleBehindABorder) {
  const int64_t b = kRangeTokens;
  EXPECT_EQ(ends_of(epoch_ranges(corpus_of({b - 1, b, b + 1, 2 * b + 5, 2 * b + 6}))),
            (Ends{2, 4, 5}));
}

TEST(EpochRanges, AnExampleLongerThanARangeIsOne) {
  const int64_t b = kRangeTokens;
  EXPECT_EQ(ends_of(epoch_ranges(corpus_of({5 * b, 5 * b + 1, 6 * b}))), (Ends{1, 3}));
}

TEST(EpochRanges, MayBeShorter) {
  EXPECT_EQ(ends_of(epoch_ranges(corpus_of({3, 5, 9, 12}), 0, 4)), (Ends{2, 3, 4}));
}

TEST(EpochRanges, OfAPieceAreThoseOfTheText) {
  const int64_t b = kRangeTokens;
  const Ends text = {b - 1, b + 7, 2 * b, 3 * b - 1, 3 * b + 2};
  EXPECT_EQ(ends_of(epoch_ranges(corpus_of(text))), (Ends{2, 3, 5}));
  const Ends piece = {2 * b - text[1], 3 * b - 1 - text[1], 3 * b + 2 - text[1]};
  EXPECT_EQ(ends_of(epoch_ranges(corpus_of(piece), text[1])), (Ends{1, 3}));
}

}  // namespace
}  // namespace wordfire
