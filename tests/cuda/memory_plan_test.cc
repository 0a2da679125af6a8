#include "cuda/memory_plan.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/error.h"
#include "tests/cuda/line_corpus.h"

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

// Lines of so many words each.
class Lines {
 public:
  explicit Lines(const std::vector<size_t>& sizes) {
    for (const size_t size : sizes) lines_.add(std::vector<int32_t>(size));
  }
  [[nodiscard]] const Corpus& corpus() const { return lines_.corpus(); }

 private:
  LineCorpus lines_;
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

TEST(MemoryPlan, TheLeastTextMustFitBesideTheParts) {
  const std::vector<MemoryPart> parts = {{"a", 860 * kMebibyte}};
  const CudaDevice device = device_with(1000 * kMebibyte);
  EXPECT_EQ(room_for_corpus(device, parts, 12 * kMebibyte), 12 * kMebibyte);
  EXPECT_THROW((void)room_for_corpus(device, parts, 13 * kMebibyte), Error);
}

TEST(MemoryPlan, TheLongestLineOfARange) {
  const Lines lines({30, 4, 7, 5});
  EXPECT_EQ(longest_line(lines.corpus(), {0, 4}), 30);
  EXPECT_EQ(longest_line(lines.corpus(), {1, 4}), 7);
  EXPECT_EQ(longest_line(lines.corpus(), {1, 1}), 0);
}

TEST(MemoryPlan, TheHostHasTablesAndWhatATextInPiecesGoesThrough) {
  const Lines lines({1000, 2000});
  const CudaDevice device = device_with(1000 * kMebibyte);
  EXPECT_EQ(host_bytes_of_gpu(device, lines.corpus(), 100, 10, 800 * kMebibyte), 400 + 640);
  EXPECT_EQ(host_bytes_of_gpu(device, lines.corpus(), 100, 10, 900 * kMebibyte),
            400 + 640 + 256 * kMebibyte);
}

TEST(MemoryPlan, RoomForLinesGrowsByAnEighthAtLeast) {
  EXPECT_EQ(room_for_lines(500, 1024), 1024);
  EXPECT_EQ(room_for_lines(1024, 1024), 1024);
  EXPECT_EQ(room_for_lines(1025, 1024), 1152);
  EXPECT_EQ(room_for_lines(5000, 1024), 5000);
  int grown = 0;
  int64_t room = 1024;
  for (int64_t longest = 1; longest < 100'000; ++longest) {
    const int64_t now = room_for_lines(longest, room);
    grown += now > room ? 1 : 0;
    room = now;
  }
  EXPECT_LT(grown, 45);
}

}  // namespace
}  // namespace wordfire
