// Shuffles, votes and barriers: what they give, and lanes and warps that do not come.
#include <gtest/gtest.h>

#include "emulator/ptx_kernel.h"

namespace wordfire::emulator {
namespace {

void expect_in(const std::string& message, const std::string& part) {
  EXPECT_NE(message.find(part), std::string::npos)
      << "\"" << message << "\" has no \"" << part << "\"";
}

const std::string kStore =
    "mul.wide.u32 %d1, %lane, 4;\nadd.s64 %d1, %data, %d1;\nst.global.u32 [%d1], %r1;\nret;";

std::vector<std::uint32_t> lanes_of(const std::string& instructions) {
  TestKernel kernel(instructions + kStore);
  std::vector<std::uint32_t> data(32);
  kernel.run(data);
  return data;
}

template <class F>
std::vector<std::uint32_t> each_lane(F f) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t lane = 0; lane < 32; ++lane) all.push_back(f(lane));
  return all;
}

// As __shfl_xor_sync, __shfl_sync, __shfl_up_sync and __shfl_down_sync use it.
TEST(PtxShuffle, AsCudaUsesIt) {
  const std::string value = "mul.lo.u32 %r2, %lane, 10;\n";
  EXPECT_EQ(lanes_of(value + "shfl.sync.bfly.b32 %r1|%p1, %r2, 5, 31, -1;\n"),
            each_lane([](auto lane) { return (lane ^ 5) * 10; }));
  EXPECT_EQ(lanes_of(value + "shfl.sync.idx.b32 %r1, %r2, 7, 31, -1;\n"),
            each_lane([](auto) { return 70; }));
  EXPECT_EQ(lanes_of(value + "shfl.sync.up.b32 %r1, %r2, 3, 0, -1;\n"),
            each_lane([](auto lane) { return (lane < 3 ? lane : lane - 3) * 10; }));
  EXPECT_EQ(lanes_of(value + "shfl.sync.down.b32 %r1, %r2, 3, 31, -1;\n"),
            each_lane([](auto lane) { return (lane > 28 ? lane : lane + 3) * 10; }));
}

// Segments of 8 lanes: (32 - 8) << 8 in c.
TEST(PtxShuffle, Segments) {
  const std::string end = std::to_string((24 << 8) | 31);
  EXPECT_EQ(lanes_of("shfl.sync.idx.b32 %r1, %lane, 9, " + end + ", -1;\n"),
            each_lane([](auto lane) { return lane / 8 * 8 + 1; }));
  EXPECT_EQ(lanes_of("shfl.sync.down.b32 %r1, %lane, 2, " + end + ", -1;\n"),
            each_lane([](auto lane) { return lane % 8 > 5 ? lane : lane + 2; }));
  EXPECT_EQ(lanes_of("shfl.sync.up.b32 %r1|%p1, %lane, 2, " + std::to_string(24 << 8) +
                     ", -1;\nselp.b32 %r1, 1, 0, %p1;\n"),
            each_lane([](auto lane) { return lane % 8 >= 2 ? 1 : 0; }));
}

TEST(PtxVote, BallotAnyAll) {
  const std::string odd = "and.b32 %r2, %lane, 1;\nsetp.ne.u32 %p1, %r2, 0;\n";
  EXPECT_EQ(lanes_of(odd + "vote.sync.ballot.b32 %r1, %p1, -1;\n")[3], 0xaaaaaaaaU);
  EXPECT_EQ(lanes_of(odd + "vote.sync.ballot.b32 %r1, !%p1, -1;\n")[3], 0x55555555U);
  const auto vote = [&](const std::string& kind) {
    return lanes_of(odd + "vote.sync." + kind +
                    ".pred %p2, %p1, -1;\nselp.b32 %r1, 1, 0, %p2;\n")[0];
  };
  EXPECT_EQ(vote("any"), 1);
  EXPECT_EQ(vote("all"), 0);
  EXPECT_EQ(vote("uni"), 0);
}

// Odd lanes come by another way; all wait for each other.
const std::string kOddLanesGoRound =
    "and.b32 %r2, %lane, 1;\nsetp.eq.u32 %p1, %r2, 0;\n@%p1 bra MEET;\nadd.s32 %r3, %lane, "
    "100;\nMEET:\n";

TEST(PtxShuffle, LanesThatHavePartedMeet) {
  for (const std::uint64_t seed : {0, 1, 2, 3, 4, 5}) {
    TestKernel kernel("mov.u32 %r3, %lane;\n" + kOddLanesGoRound +
                      "shfl.sync.bfly.b32 %r1, %r3, 1, 31, -1;\n" + kStore);
    kernel.launch.seed = seed;
    std::vector<std::uint32_t> data(32);
    kernel.run(data);
    EXPECT_EQ(data, each_lane([](auto lane) { return lane % 2 == 0 ? lane + 101 : lane - 1; }));
  }
}

// Two halves that exchange among themselves, in branches of their own.
TEST(PtxShuffle, PartsOfAWarp) {
  for (const std::uint64_t seed : {0, 1, 2, 3}) {
    TestKernel kernel(
        "setp.lt.u32 %p1, %lane, 16;\n@%p1 bra LOW;\n"
        "shfl.sync.bfly.b32 %r1, %lane, 1, 31, 0xffff0000;\nbra END;\nLOW:\n"
        "shfl.sync.bfly.b32 %r1, %lane, 2, 31, 0xffff;\nEND:\n" +
        kStore);
    kernel.launch.seed = seed;
    std::vector<std::uint32_t> data(32);
    kernel.run(data);
    EXPECT_EQ(data, each_lane([](auto lane) { return lane ^ (lane < 16 ? 2 : 1); }));
  }
}

// Each half names itself, at the same instruction.
TEST(PtxShuffle, DifferentPartsAtOneInstruction) {
  EXPECT_EQ(lanes_of("setp.lt.u32 %p1, %lane, 16;\nselp.b32 %r2, 0xffff, 0xffff0000, %p1;\n"
                     "shfl.sync.bfly.b32 %r1, %lane, 4, 31, %r2;\n"),
            each_lane([](auto lane) { return lane ^ 4; }));
}

TEST(PtxShuffle, LanesThatHaveLeftAreFound) {
  TestKernel kernel(
      "setp.eq.u32 %p1, %lane, 5;\n@%p1 ret;\nshfl.sync.idx.b32 %r1, %lane, 0, 31, -1;\nret;");
  const std::string message = kernel.error();
  expect_in(message, "\"shfl.sync.idx.b32 %r1, %lane, 0, 31, -1;\"");
  expect_in(message, "waits for lanes 0xffffffff, of which 0x00000020 have left the kernel");
}

TEST(PtxShuffle, LanesThatWaitElsewhereAreFound) {
  TestKernel kernel(
      "setp.eq.u32 %p1, %lane, 5;\n@%p1 bra OTHER;\nbar.warp.sync -1;\nret;\nOTHER:\n"
      "vote.sync.ballot.b32 %r1, %p1, -1;\nret;");
  expect_in(kernel.error(),
            "deadlock: lanes 0xffffffdf wait here for lanes that do not come; lane 5 waits");
}

TEST(PtxShuffle, ALaneThatItsOwnMaskForgetsIsFound) {
  TestKernel kernel("bar.warp.sync 0xfffffffe;\nret;");
  expect_in(kernel.error(), "lane 0, PTX line");
  expect_in(kernel.error(), "is not among the lanes 0xfffffffe");
}

TEST(PtxShuffle, AValueOfALaneThatTakesNoPartIsFound) {
  TestKernel kernel(
      "setp.ge.u32 %p1, %lane, 16;\n@%p1 bra END;\nshfl.sync.idx.b32 %r1, %lane, 20, 31, "
      "0xffff;\nEND:\nret;");
  expect_in(kernel.error(), "reads a value of lane 20, which takes no part");
}

// Reads what the other warp has written before the barrier.
const std::string kExchangeOfWarps =
    "mul.lo.u32 %r1, %lane, 4;\nst.shared.u32 [%r1], %lane;\nbar.sync 0;\nxor.b32 %r2, %r1, 128;\n"
    "ld.shared.u32 %r3, [%r2];\ncvt.u64.u32 %d1, %r1;\nadd.s64 %d1, %data, %d1;\nst.global.u32 "
    "[%d1], %r3;\nret;";
const std::string kDynamic = ".extern .shared .align 16 .b8 dynamic[];";

TEST(PtxBlockBarrier, WarpsMeet) {
  for (const std::uint64_t seed : {0, 1, 2}) {
    TestKernel kernel(kExchangeOfWarps, kDynamic);
    kernel.launch.block = {64, 1, 1};
    kernel.launch.dynamic_shared_bytes = 256;
    kernel.launch.seed = seed;
    std::vector<std::uint32_t> data(64);
    kernel.run(data);
    for (std::uint32_t thread = 0; thread < 64; ++thread) EXPECT_EQ(data[thread], thread ^ 32);
  }
}

TEST(PtxBlockBarrier, AWarpThatHasLeftIsFound) {
  TestKernel kernel("setp.ge.u32 %p1, %lane, 32;\n@%p1 ret;\nbar.sync 0;\nret;");
  kernel.launch.block = {64, 1, 1};
  expect_in(kernel.error(), "warp 0, PTX line");
  expect_in(kernel.error(), "bar.sync that warp 1 never reaches: it has left the kernel");
}

TEST(PtxBlockBarrier, LanesThatHaveLeftAreFound) {
  TestKernel kernel("setp.eq.u32 %p1, %lane, 3;\n@%p1 ret;\nbar.sync 0;\nret;");
  expect_in(kernel.error(), "bar.sync that lanes 0x00000008 never reach");
}

TEST(PtxBlockBarrier, LanesAtDifferentOnesAreFound) {
  TestKernel kernel(
      "setp.eq.u32 %p1, %lane, 3;\n@%p1 bra OTHER;\nbar.sync 0;\nret;\nOTHER:\nbar.sync 0;\nret;");
  expect_in(kernel.error(), "other lanes of its warp at this one");
}

TEST(PtxBlockBarrier, WarpsAtDifferentOnesAreFound) {
  TestKernel kernel(
      "setp.ge.u32 %p1, %lane, 32;\n@%p1 bra OTHER;\nbar.sync 0;\nret;\nOTHER:\nbar.sync 0;\nret;");
  kernel.launch.block = {64, 1, 1};
  expect_in(kernel.error(), "waits at this bar.sync, but warp 1 at that of line");
}

}  // namespace
}  // namespace wordfire::emulator
