#include "tools/ordered_output.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "core/error.h"
#include "core/parallel.h"

namespace wordfire {
namespace {

// Each worker takes the next number and hands in "N," for it.
void count_to(int64_t parts, int threads, OrderedOutput& output) {
  std::atomic<int64_t> next = 0;
  parallel_workers(threads, [&](int) {
    for (int64_t number = next++; number < parts; number = next++) {
      if (!output.finish(number, std::to_string(number) + ",")) return;
    }
  });
}

std::string numbers(int64_t parts) {
  std::string text;
  for (int64_t number = 0; number < parts; ++number) text += std::to_string(number) + ",";
  return text;
}

TEST(OrderedOutput, KeepsTheOrderOfManyThreads) {
  for (const int threads : {1, 2, 7}) {
    std::string written;
    OrderedOutput output([&](std::string_view text) { written += text; }, 2 * threads);
    count_to(1000, threads, output);
    EXPECT_EQ(written, numbers(1000));
  }
}

TEST(OrderedOutput, AWindowOfOneIsEnough) {
  std::string written;
  OrderedOutput output([&](std::string_view text) { written += text; }, 1);
  count_to(100, 4, output);
  EXPECT_EQ(written, numbers(100));
}

TEST(OrderedOutput, PiecesStandBeforeTheirRest) {
  std::string written;
  OrderedOutput output([&](std::string_view text) { written += text; }, 4);
  EXPECT_TRUE(output.write_piece(0, "a"));
  EXPECT_TRUE(output.finish(1, "d"));
  EXPECT_TRUE(output.write_piece(0, "b"));
  EXPECT_TRUE(output.finish(0, "c"));
  EXPECT_EQ(written, "abcd");
}

TEST(OrderedOutput, AFailedWriteLetsEveryThreadReturn) {
  OrderedOutput output(
      [](std::string_view text) {
        if (text == "10,") throw Error::io("full");
      },
      3);
  EXPECT_THROW(count_to(1000, 4, output), Error);
  EXPECT_FALSE(output.finish(2000, ""));
}

TEST(OrderedOutput, ClosingLetsWaitingThreadsReturn) {
  OrderedOutput output([](std::string_view) {}, 1);
  std::atomic<bool> finished = true;
  parallel_workers(2, [&](int worker) {
    if (worker == 0) {
      finished = output.write_piece(5, "never its turn");
    } else {
      output.close();
    }
  });
  EXPECT_FALSE(finished);
}

}  // namespace
}  // namespace wordfire
