#include "serve/memory_room.h"

#include <gtest/gtest.h>

#include <atomic>

#include "core/parallel.h"

namespace wordfire::serve {
namespace {

TEST(MemoryRoom, GivesWhatIsFree) {
  MemoryRoom room(100);
  EXPECT_FALSE(room.take(101));
  EXPECT_TRUE(room.take(100));
  EXPECT_TRUE(room.take(0));
  EXPECT_FALSE(room.take(1));
  room.give_back(40);
  EXPECT_TRUE(room.take(40));
}

TEST(MemoryRoom, WhatIsTakenAnywayOthersDoNotFind) {
  MemoryRoom room(100);
  room.take_anyway(150);
  EXPECT_FALSE(room.take(1));
  room.give_back(150);
  EXPECT_TRUE(room.take(100));
}

TEST(MemoryRoom, WhoFitsIsNotRefusedForWhoDoesNot) {
  MemoryRoom room(100);
  ASSERT_TRUE(room.take(60));
  std::atomic<bool> done = false;
  int refused = 0;
  parallel_workers(2, [&](int worker) {
    while (worker == 1 && !done) (void)room.take(60);
    for (int i = 0; worker == 0 && i < 1'000'000; ++i) {
      room.take(40) ? room.give_back(40) : void(++refused);
    }
    if (worker == 0) done = true;
  });
  EXPECT_EQ(refused, 0);
}

}  // namespace
}  // namespace wordfire::serve
