// Races on shared memory: each kernel that lacks a barrier is reported, and the same one with it is
// not, whatever the order.
#include <gtest/gtest.h>

#include "emulator/ptx_kernel.h"

namespace wordfire::emulator {
namespace {

const std::string kDynamic = ".extern .shared .align 16 .b8 dynamic[];";
constexpr std::uint64_t kSeeds = 20;

// The message of a launch of so many threads with this seed; "" if all is well.
std::string message_of(const std::string& instructions, unsigned threads, std::uint64_t seed) {
  TestKernel kernel("mul.lo.u32 %r1, %lane, 4;\nxor.b32 %r2, %r1, 4;\n" + instructions + "\nret;",
                    kDynamic);
  kernel.launch.block = {threads, 1, 1};
  kernel.launch.dynamic_shared_bytes = 4096;
  kernel.launch.seed = seed;
  return kernel.error();
}

void expect_race(const std::string& instructions, unsigned threads = 32) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const std::string message = message_of(instructions, threads, seed);
    EXPECT_TRUE(message.find("race on shared memory") != std::string::npos ||
                message.find("nobody has written") != std::string::npos)
        << "seed " << seed << ": \"" << message << "\"";
  }
}
void expect_no_race(const std::string& instructions, unsigned threads = 32) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    EXPECT_EQ(message_of(instructions, threads, seed), "") << "seed " << seed;
  }
}

TEST(PtxRace, ReadingWhatAnotherLaneHasWritten) {
  expect_race("st.shared.u32 [%r1], %lane;\nld.shared.u32 %r3, [%r2];");
  expect_no_race("st.shared.u32 [%r1], %lane;\nbar.warp.sync -1;\nld.shared.u32 %r3, [%r2];");
  expect_no_race("st.shared.u32 [%r1], %lane;\nbar.sync 0;\nld.shared.u32 %r3, [%r2];");
  expect_no_race("st.shared.u32 [%r1], %lane;\nld.shared.u32 %r3, [%r1];");
}

// They wait for lanes, but order nothing.
TEST(PtxRace, ShufflesAndVotesDoNotOrderMemory) {
  const std::string before = "st.shared.u32 [%r1], %lane;\nsetp.eq.u32 %p1, %lane, 0;\n";
  const std::string after = "\nld.shared.u32 %r3, [%r2];";
  expect_race(before + "shfl.sync.bfly.b32 %r4, %lane, 1, 31, -1;" + after);
  expect_race(before + "vote.sync.ballot.b32 %r4, %p1, -1;" + after);
}

TEST(PtxRace, WritingWhatAnotherLaneReads) {
  const std::string before =
      "st.shared.u32 [%r1], %lane;\nbar.warp.sync -1;\nld.shared.u32 %r3, [%r2];\n";
  expect_race(before + "st.shared.u32 [%r1], %r3;");
  expect_no_race(before + "bar.warp.sync -1;\nst.shared.u32 [%r1], %r3;");
}

TEST(PtxRace, TwoLanesThatWriteTheSameWord) {
  expect_race("mov.u32 %r3, 0;\nst.shared.u32 [%r3], %r3;");
  expect_no_race("mov.u32 %r3, 0;\nsetp.eq.u32 %p1, %lane, 7;\n@%p1 st.shared.u32 [%r3], %r3;");
  expect_no_race(
      "setp.eq.u32 %p1, %lane, 7;\n@%p1 st.shared.u32 [0], %lane;\nbar.warp.sync -1;\n"
      "red.shared.add.u32 [0], 1;\nbar.warp.sync -1;\nld.shared.u32 %r3, [0];");
}

TEST(PtxRace, AtomicsWithoutABarrierBeforeAPlainRead) {
  expect_race(
      "setp.eq.u32 %p1, %lane, 7;\n@%p1 st.shared.u32 [0], %lane;\nbar.warp.sync -1;\n"
      "red.shared.add.u32 [0], 1;\nld.shared.u32 %r3, [0];");
}

TEST(PtxRace, NeighbouringBytesAreNoRace) {
  expect_no_race(
      "st.shared.u8 [%lane], %lane;\nld.shared.u8 %r3, [%lane];\nst.shared.u8 [%lane], %r3;");
  expect_race("st.shared.u8 [%lane], %lane;\nand.b32 %r3, %lane, 30;\nld.shared.u16 %r3, [%r3];");
}

TEST(PtxRace, ABarrierOfAPartOrdersThatPart) {
  // Lanes exchange in pairs within their half of the warp.
  const std::string half = "setp.lt.u32 %p1, %lane, 16;\nselp.b32 %r5, 0xffff, 0xffff0000, %p1;\n";
  expect_no_race(half +
                 "st.shared.u32 [%r1], %lane;\nbar.warp.sync %r5;\nld.shared.u32 %r3, [%r2];");
  // With the other half.
  expect_race(half +
              "xor.b32 %r2, %r1, 64;\nst.shared.u32 [%r1], %lane;\nbar.warp.sync "
              "%r5;\nld.shared.u32 %r3, [%r2];");
}

// Thread t reads what thread t ^ 32, of another warp, has written.
TEST(PtxRace, WarpsNeedTheBarrierOfTheBlock) {
  const std::string other = "xor.b32 %r2, %r1, 128;\nst.shared.u32 [%r1], %lane;\n";
  expect_race(other + "bar.warp.sync -1;\nld.shared.u32 %r3, [%r2];", 64);
  expect_no_race(other + "bar.sync 0;\nld.shared.u32 %r3, [%r2];", 64);
  expect_race(other + "bar.sync 0;\nld.shared.u32 %r3, [%r2];\nst.shared.u32 [%r1], %r3;", 64);
  expect_no_race(
      other + "bar.sync 0;\nld.shared.u32 %r3, [%r2];\nbar.sync 0;\nst.shared.u32 [%r1], %r3;", 64);
}

// Three warps read a word; the first one of them then writes it.
TEST(PtxRace, ReadersOfSeveralWarpsAreRemembered) {
  const std::string all =
      "setp.eq.u32 %p1, %lane, 0;\n@%p1 st.shared.u32 [0], %lane;\nbar.sync 0;\nld.shared.u32 %r3, "
      "[0];\n";
  expect_race(all + "bar.warp.sync -1;\n@%p1 st.shared.u32 [0], %lane;", 96);
  expect_no_race(all + "bar.sync 0;\n@%p1 st.shared.u32 [0], %lane;", 96);
}

TEST(PtxRace, TheMessageNamesBothLines) {
  const std::string message =
      message_of("st.shared.u32 [%r1], %lane;\nld.shared.u32 %r3, [%r2];", 32, 0);
  EXPECT_NE(
      message.find(
          "lane 0, PTX line 22 \"ld.shared.u32 %r3, [%r2];\": race on shared memory: reads what "
          "thread 1 of the block writes in line 21, without a barrier between them"),
      std::string::npos)
      << message;
}

}  // namespace
}  // namespace wordfire::emulator
