#include "io/line_shuffle.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/rng.h"

namespace wordfire {
namespace {

struct Line {
  uint64_t key;
  std::string text;
};

std::vector<Line> random_lines(int count) {
  Rng rng(1);
  std::vector<Line> lines;
  lines.reserve(count);
  for (int i = 0; i < count; ++i)
    lines.push_back({rng.next(), std::to_string(i) + std::string(rng.below(200), 'x') + '\n'});
  return lines;
}

struct Drained {
  std::vector<std::string> lines;
  int64_t spilled;
};

Drained drained(const std::vector<Line>& lines, int64_t memory, int threads) {
  LineShuffle shuffle(memory, testing::TempDir(), threads);
  for (const Line& line : lines) shuffle.add(line.key, line.text);
  Drained result;
  shuffle.drain([&](std::string_view line) { result.lines.emplace_back(line); });
  result.spilled = shuffle.spilled();
  return result;
}

std::vector<std::string> in_order_of_keys(std::vector<Line> lines) {
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.key < b.key; });
  std::vector<std::string> texts;
  texts.reserve(lines.size());
  for (const Line& line : lines) texts.push_back(line.text);
  return texts;
}

TEST(LineShuffle, InMemoryIsSortedByKey) {
  const auto lines = random_lines(5000);
  const Drained result = drained(lines, 1 << 30, 2);
  EXPECT_EQ(result.spilled, 0);
  EXPECT_EQ(result.lines, in_order_of_keys(lines));
}

TEST(LineShuffle, ThroughTheScratchFileIsTheSame) {
  const auto lines = random_lines(30000);
  const Drained result = drained(lines, 1, 2);
  EXPECT_GT(result.spilled, 3000000);
  EXPECT_EQ(result.lines, in_order_of_keys(lines));
}

TEST(LineShuffle, LinesLargerThanTheMemory) {
  std::vector<Line> lines = random_lines(20);
  for (Line& line : lines) line.text.insert(0, 1 << 20, 'y');
  EXPECT_EQ(drained(lines, 1, 4).lines, in_order_of_keys(lines));
}

TEST(LineShuffle, EqualKeysKeepTheirOrder) {
  std::vector<Line> lines = random_lines(20000);
  for (Line& line : lines) line.key = 77;
  EXPECT_EQ(drained(lines, 1, 2).lines, in_order_of_keys(lines));
  EXPECT_EQ(drained(lines, 1 << 30, 2).lines, in_order_of_keys(lines));
}

TEST(LineShuffle, KeysThatShareTheirFirstBytes) {
  std::vector<Line> lines = random_lines(30000);
  for (Line& line : lines) line.key = 0xABCD000000000000u | (line.key & 0xFFFFFF);
  EXPECT_EQ(drained(lines, 1, 2).lines, in_order_of_keys(lines));
}

TEST(LineShuffle, NothingInNothingOut) { EXPECT_TRUE(drained({}, 0, 1).lines.empty()); }

}  // namespace
}  // namespace wordfire
