// The machine as a whole: threads, branches, loops, blocks, counts.
#include "emulator/ptx_machine.h"

#include <gtest/gtest.h>

#include <numeric>

#include "emulator/ptx_kernel.h"

namespace wordfire::emulator {
namespace {

// %d1 = &data[4 * thread of the grid], %r1 = that thread.
const std::string kOwnPlace =
    "mov.u32 %r1, %ctaid.x;\nmov.u32 %r2, %ntid.x;\nmad.lo.s32 %r1, %r1, %r2, %lane;\n"
    "mul.wide.u32 %d1, %r1, 4;\nadd.s64 %d1, %data, %d1;\n";

TEST(PtxMachine, EachThreadHasItsPlace) {
  TestKernel kernel(kOwnPlace + "st.global.u32 [%d1], %r1;\nret;");
  kernel.launch.grid = {5, 1, 1};
  kernel.launch.block = {48, 1, 1};
  std::vector<std::uint32_t> data(5 * 48 + 1, 77);
  const Counts counts = kernel.run(data);
  std::vector<std::uint32_t> want(5 * 48);
  std::iota(want.begin(), want.end(), 0);
  want.push_back(77);
  EXPECT_EQ(data, want);
  EXPECT_EQ(counts.global_stores, 10);
}

TEST(PtxMachine, ThreadsOfThreeDimensions) {
  TestKernel kernel(
      "mov.u32 %r1, %tid.y;\nmov.u32 %r2, %tid.z;\nmov.u32 %r3, %ntid.x;\nmov.u32 %r4, %ntid.y;\n"
      "mad.lo.s32 %r5, %r2, %r4, %r1;\nmad.lo.s32 %r5, %r5, %r3, %lane;\n"
      "mov.u32 %r6, %ctaid.y;\nmad.lo.s32 %r6, %r6, 100, %r5;\n"
      "mul.wide.u32 %d1, %r5, 4;\nadd.s64 %d1, %data, %d1;\nred.global.add.u32 [%d1], %r6;\nret;");
  kernel.launch.block = {4, 3, 5};
  kernel.launch.grid = {1, 2, 1};
  std::vector<std::uint32_t> data(60);
  kernel.run(data);
  for (std::uint32_t i = 0; i < 60; ++i) EXPECT_EQ(data[i], 2 * i + 100);
}

// Lane l goes round l times.
const std::string kLoop =
    kOwnPlace +
    "mov.u32 %r3, 0;\nmov.u32 %r4, 0;\nLOOP:\nsetp.ge.u32 %p1, %r3, %lane;\n@%p1 bra END;\n"
    "add.s32 %r3, %r3, 1;\nadd.s32 %r4, %r4, %r3;\nbra.uni LOOP;\nEND:\n"
    "st.global.u32 [%d1], %r4;\nret;";

TEST(PtxMachine, LoopsPartLanesAndBringThemTogether) {
  for (const std::uint64_t seed : {0, 1, 2}) {
    TestKernel kernel(kLoop);
    kernel.launch.seed = seed;
    std::vector<std::uint32_t> data(32);
    const Counts counts = kernel.run(data);
    for (std::uint32_t lane = 0; lane < 32; ++lane) EXPECT_EQ(data[lane], lane * (lane + 1) / 2);
    if (seed == 0) {
      EXPECT_EQ(counts.global_stores, 1) << "all lanes wait for the last one behind the loop";
      EXPECT_EQ(counts.divergent_branches, 31);
    }
  }
}

TEST(PtxMachine, AnEndlessLoopIsFound) {
  TestKernel kernel("LOOP:\nadd.s32 %r1, %r1, 1;\nbra LOOP;");
  kernel.launch.most_instructions = 1000;  // else the test would not end
  EXPECT_NE(kernel.error().find("kernel test: still runs after 1000 warp instructions"),
            std::string::npos);
}

TEST(PtxMachine, TooManyThreadsAreFound) {
  TestKernel kernel("ret;", "", ".maxntid 64, 1, 1");
  kernel.launch.block = {64, 1, 1};
  EXPECT_EQ(kernel.error(), "");
  kernel.launch.block = {65, 1, 1};
  EXPECT_NE(kernel.error().find("blocks of 65 threads, it may have 64"), std::string::npos);
}

// Blocks that take numbers from a counter until it is at 1000.
TEST(PtxMachine, BlocksTakeTurns) {
  TestKernel kernel(
      "mov.u32 %r1, %ctaid.x;\nmul.wide.u32 %d1, %r1, 4;\nadd.s64 %d1, %data, %d1;\n"
      "setp.ne.s32 %p1, %lane, 0;\n@%p1 bra END;\n"
      "LOOP:\natom.global.add.u32 %r2, [%data], 1;\nsetp.ge.u32 %p2, %r2, 1000;\n@%p2 bra END;\n"
      "red.global.add.u32 [%d1+4], 1;\nbra LOOP;\nEND:\nret;");
  kernel.launch.grid = {4, 1, 1};
  std::vector<std::uint32_t> data(5);
  kernel.run(data);
  EXPECT_EQ(data[0], 1004);
  EXPECT_EQ(data[1] + data[2] + data[3] + data[4], 1000);
  for (std::size_t block = 1; block <= 4; ++block) EXPECT_GT(data[block], 100);
}

}  // namespace
}  // namespace wordfire::emulator
