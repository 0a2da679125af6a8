#include "cuda/memory_plan.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/error.h"

namespace wordfire {
namespace {

constexpr int64_t kMebibyte = 1 << 20;

CudaDevice device_with(int64_t free) {
  CudaDevice device;
  device.ordinal = 2;
  device.name = "A GPU";
  device.free_bytes = free;
  return device;
}

// A corpus of lines of so many words each.
struct Lines {
  explicit Lines(const std::vector<int64_t>& sizes) {
    int64_t words = 0;
    for (const int64_t size : sizes) ends.push_back(words += size);
    ids.resize(static_cast<size_t>(words));
    corpus = {ids, ends, {}, {}, ends, nullptr};
  }
  std::vector<int32_t> ids;
  std::vector<int64_t> ends;
  Corpus corpus;
};

TEST(MemoryPlan, WhatIsLeftIsForTheCorpus) {
  const CudaDevice device = device_with(1000 * kMebibyte);
  const std::vector<MemoryPart> parts = {{"a", 100 * kMebibyte}, {"b", 50 * kMebibyte}};
  EXPECT_EQ(room_for_corpus(device, parts, kMebibyte), (1000 - 150 - 128) * kMebibyte);
}

TEST(MemoryPlan, AShareOfALargeGpuIsKeptFree) {
  EXPECT_EQ(memory_kept_free(device_with(100'000 * kMebibyte)), 2'000 * kMebibyte);
}

TEST(MemoryPlan, TooLittleIsAUsageErrorWithAllNumbers) {
  const std::vector<MemoryPart> parts = {{"input matrix", 800 * kMebibyte},
                                         {"output matrix", 100 * kMebibyte}};
  try {
    (void)room_for_corpus(device_with(1000 * kMebibyte), parts, 16 * kMebibyte);
    FAIL() << "it fits?";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_STREQ(error.what(),
                 "GPU 2, A GPU: training needs 1044 MiB of its memory (input matrix 800 MiB, "
                 "output matrix 100 MiB, text at least 16 MiB, kept free 128 MiB), 1000 MiB are "
                 "free; lower -dim or -bucket, raise -minCount, or choose -device cpu");
  }
}

TEST(MemoryPlan, PiecesCoverTheRangeAndStayWithinTheirBytes) {
  const Lines lines({3, 0, 100, 5, 5, 5, 400, 1, 1});
  const ExampleRange range{1, 9};
  const int64_t most = 130 * 4;
  int64_t at = range.begin;
  for (const ExampleRange& piece : corpus_pieces(lines.corpus, range, most)) {
    EXPECT_EQ(piece.begin, at);
    EXPECT_GT(piece.size(), 0);
    EXPECT_TRUE(piece.size() == 1 || device_bytes(lines.corpus, piece) <= most);
    at = piece.end;
  }
  EXPECT_EQ(at, range.end);
  // 0, 100 and 5, 5, 5 with six ends; then what is too large alone; then the rest.
  EXPECT_EQ(corpus_pieces(lines.corpus, range, most).size(), 4u);
}

TEST(MemoryPlan, TheLeastTextMustFitBesideTheParts) {
  const std::vector<MemoryPart> parts = {{"a", 860 * kMebibyte}};
  const CudaDevice device = device_with(1000 * kMebibyte);
  EXPECT_EQ(room_for_corpus(device, parts, 12 * kMebibyte), 12 * kMebibyte);
  EXPECT_THROW((void)room_for_corpus(device, parts, 13 * kMebibyte), Error);
}

TEST(MemoryPlan, APieceMayTakeAllItsBytes) {
  const Lines lines({3, 4, 5});
  EXPECT_EQ(corpus_pieces(lines.corpus, {0, 3}, device_bytes(lines.corpus, {0, 2})).size(), 2u);
}

TEST(MemoryPlan, OnePieceWhereAllFits) {
  const Lines lines({3, 4, 5});
  EXPECT_EQ(corpus_pieces(lines.corpus, {0, 3}, 1000).size(), 1u);
  EXPECT_TRUE(corpus_pieces(lines.corpus, {2, 2}, 1000).empty());
}

TEST(MemoryPlan, TheLongestLineOfARange) {
  const Lines lines({30, 4, 7, 5});
  EXPECT_EQ(longest_line(lines.corpus, {0, 4}), 30);
  EXPECT_EQ(longest_line(lines.corpus, {1, 4}), 7);
  EXPECT_EQ(longest_line(lines.corpus, {1, 1}), 0);
}

}  // namespace
}  // namespace wordfire
