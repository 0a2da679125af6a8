#include "serve/work_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "core/parallel.h"

namespace wordfire::serve {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Task : Work {
  explicit Task(std::function<void()> what) : what(std::move(what)) {}
  void run(int) noexcept override { what(); }
  std::function<void()> what;
};

bool push(WorkQueue& queue, std::function<void()> what) {
  return queue.push(std::make_shared<Task>(std::move(what)));
}

void spend(milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
  }
}

bool push_and_wait(WorkQueue& queue, milliseconds time) {
  std::atomic<bool> done = false;
  const bool taken = push(queue, [&] {
    spend(time);
    done = true;
  });
  while (taken && !done) std::this_thread::yield();
  return taken;
}

// How many further requests a queue takes that has done `usual` ones of 2 ms each, then one of
// `odd`; it has one worker, room for 1,000, and lets nobody wait longer than 20 ms.
int taken_behind(int usual, milliseconds odd) {
  WorkQueue queue(1000, milliseconds(20), 1);
  std::atomic<bool> go = false;
  int taken = 0;
  parallel_workers(2, [&](int worker) {
    if (worker == 1) return queue.serve(0);
    for (int i = 0; i < usual; ++i) EXPECT_TRUE(push_and_wait(queue, milliseconds(2)));
    EXPECT_TRUE(push_and_wait(queue, odd));
    EXPECT_TRUE(push(queue, [&go] { go.wait(false); }));
    while (queue.waiting() > 0) spend(milliseconds(1));
    while (taken < 1000 && push(queue, [] {})) ++taken;
    go = true;
    go.notify_all();
    queue.close();
  });
  return taken;
}

TEST(WorkQueue, DoesAllWorkInItsOrder) {
  WorkQueue queue(10, seconds(1), 1);
  std::vector<int> done;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(push(queue, [&done, i] { done.push_back(i); }));
  queue.close();
  queue.serve(0);
  EXPECT_EQ(done, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(WorkQueue, RefusesWhatItCannotHold) {
  WorkQueue queue(2, seconds(1), 1);
  EXPECT_TRUE(push(queue, [] {}));
  EXPECT_TRUE(push(queue, [] {}));
  EXPECT_FALSE(push(queue, [] {}));
  EXPECT_EQ(queue.waiting(), 2u);
}

TEST(WorkQueue, RefusesWhatWouldWaitTooLong) {
  const int taken = taken_behind(60, milliseconds(2));
  EXPECT_GE(taken, 2);
  EXPECT_LE(taken, 12);  // 20 ms are 10 requests, of those that are quickest
}

TEST(WorkQueue, OneOddRequestCountsLittle) { EXPECT_GE(taken_behind(0, milliseconds(300)), 100); }

TEST(WorkQueue, TakesNothingOnceClosed) {
  WorkQueue queue(2, seconds(1), 1);
  queue.close();
  EXPECT_FALSE(push(queue, [] {}));
}

TEST(WorkQueue, WorkersShareTheWork) {
  WorkQueue queue(1000, seconds(10), 3);
  std::atomic<int> done = 0;
  parallel_workers(4, [&](int worker) {
    if (worker > 0) return queue.serve(worker);
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(push(queue, [&done] { ++done; }));
    queue.close();
  });
  EXPECT_EQ(done, 1000);
}

}  // namespace
}  // namespace wordfire::serve
