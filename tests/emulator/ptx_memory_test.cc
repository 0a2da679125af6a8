// Loads, stores and atomics: values, spaces, and what is found wrong.
#include <gtest/gtest.h>

#include <numeric>

#include "emulator/ptx_kernel.h"

namespace wordfire::emulator {
namespace {

void expect_in(const std::string& message, const std::string& part) {
  EXPECT_NE(message.find(part), std::string::npos)
      << "\"" << message << "\" has no \"" << part << "\"";
}

const std::string kAddress = "mul.wide.u32 %d1, %lane, 16;\nadd.s64 %d1, %data, %d1;\n";

TEST(PtxMemory, VectorsOfFour) {
  TestKernel kernel(kAddress +
                    "ld.global.cg.v4.f32 {%f1, %f2, %f3, %f4}, [%d1];\n"
                    "st.global.v4.f32 [%d1], {%f4, %f3, %f2, %f1};\nret;");
  std::vector<float> data(128);
  std::iota(data.begin(), data.end(), 0.0F);
  const Counts counts = kernel.run(data);
  for (std::size_t i = 0; i < 128; ++i)
    EXPECT_EQ(data[i], static_cast<float>(i / 4 * 4 + 3 - i % 4));
  EXPECT_EQ(counts.global_loads, 1);
  EXPECT_EQ(counts.global_stores, 1);
}

TEST(PtxMemory, NarrowValuesAreExtended) {
  TestKernel kernel(
      "ld.global.u8 %h1, [%data];\nld.global.s8 %r1, [%data];\nld.global.s16 %r2, [%data];\n"
      "ld.global.s32 %d1, [%data];\ncvt.u32.u16 %r3, %h1;\nst.global.u32 [%data+4], %r3;\n"
      "st.global.u32 [%data+8], %r1;\nst.global.u32 [%data+12], %r2;\nst.global.u64 [%data+16], "
      "%d1;\n"
      "st.global.u8 [%data+24], %r2;\nret;");
  kernel.launch.block = {1, 1, 1};
  std::vector<std::uint32_t> data{0x8000fff0, 0, 0, 0, 0, 0, 0x11111111};
  kernel.run(data);
  EXPECT_EQ(data, (std::vector<std::uint32_t>{0x8000fff0, 0xf0, 0xfffffff0, 0xfffffff0, 0x8000fff0,
                                              0xffffffff, 0x111111f0}));
}

// A store by three lanes of which the second and third are beyond the end.
TEST(PtxMemory, AddressesBeyondTheEndAreFound) {
  TestKernel kernel(kAddress + "st.global.v4.u32 [%d1+4], {%r1, %r1, %r1, %r1};\nret;");
  std::vector<std::uint32_t> data(4 * 32);
  expect_in(kernel.error(data), "is no multiple of the access's 16 bytes");
  TestKernel beyond(kAddress + "st.global.v4.u32 [%d1+16], {%r1, %r1, %r1, %r1};\nret;");
  const std::string message = beyond.error(data);
  expect_in(message, "kernel test, block (0, 0, 0), warp 0, lane 31, PTX line ");
  expect_in(message,
            "\"st.global.v4.u32 [%d1+16], {%r1, %r1, %r1, %r1};\": 16 bytes of global memory");
  TestKernel before("ld.global.u32 %r1, [%data+-4];\nret;");
  expect_in(before.error(data), "lane 0");
}

// What an instruction has touched before says nothing about a vector that only begins there.
TEST(PtxMemory, TheEndIsFoundWhenAnInstructionComesAgain) {
  TestKernel kernel(
      "mov.u32 %r1, 0;\nLOOP:\nld.global.v4.u32 {%r2, %r3, %r4, %r5}, [%data];\n"
      "add.s64 %data, %data, 16;\nadd.s32 %r1, %r1, 1;\nsetp.lt.u32 %p1, %r1, 3;\n"
      "@%p1 bra LOOP;\nret;");
  std::vector<std::uint32_t> data(12);
  EXPECT_EQ(kernel.error(data), "");
  data.resize(10);
  expect_in(kernel.error(data), "16 bytes of global memory at 0x");
}

TEST(PtxMemory, LanesThatTakeNoPartAreNotChecked) {
  TestKernel kernel(kAddress +
                    "setp.gt.u32 %p1, %lane, 3;\n@%p1 mov.u64 %d1, 1;\n"
                    "@!%p1 ld.global.u32 %r1, [%d1];\nret;");
  EXPECT_EQ(kernel.error(), "");
}

TEST(PtxMemory, MisalignedVectorsAreFound) {
  std::vector<float> data(16);
  for (const auto& [access, bytes] :
       {std::pair{"ld.global.v2.f32 {%f1, %f2}, [%data+4];", "8"},
        std::pair{"ld.global.v4.f32 {%f1, %f2, %f3, %f4}, [%data+8];", "16"},
        std::pair{"ld.global.f32 %f1, [%data+2];", "4"},
        std::pair{"red.global.add.v4.f32 [%data+8], {%f1, %f2, %f3, %f4};", "16"},
        std::pair{"st.global.u64 [%data+4], %d1;", "8"}}) {
    TestKernel kernel(std::string(access) + "\nret;");
    expect_in(kernel.error(data), std::string("multiple of the access's ") + bytes + " bytes");
  }
}

TEST(PtxMemory, Atomics) {
  TestKernel kernel(
      "cvt.u64.u32 %d1, %lane;\natom.global.add.u64 %d2, [%data], 2;\n"
      "atom.global.min.u64 %d3, [%data+8], %d1;\nred.global.max.s32 [%data+16], %lane;\n"
      "atom.global.exch.b32 %r1, [%data+20], %lane;\natom.global.cas.b32 %r2, [%data+24], 5, 6;\n"
      "red.global.or.b32 [%data+28], %lane;\natom.global.add.f64 %g1, [%data+32], "
      "0d3FF8000000000000;\n"
      "ret;");
  std::vector<std::uint64_t> data{100, 7, 0, 5, 0};
  const Counts counts = kernel.run(data);
  EXPECT_EQ(data[0], 164);
  EXPECT_EQ(data[1], 0);
  EXPECT_EQ(data[2], (std::uint64_t{31} << 32 | 31));
  EXPECT_EQ(data[3], (std::uint64_t{31} << 32 | 6));
  EXPECT_EQ(std::bit_cast<double>(data[4]), 48);
  EXPECT_EQ(counts.atomics, 7);
  EXPECT_EQ(counts.atomic_lanes, 7 * 32);
}

TEST(PtxMemory, AtomicsGiveTheValueBefore) {
  TestKernel kernel(
      "atom.global.add.u32 %r1, [%data], 1;\nmul.wide.u32 %d1, %r1, 4;\n"
      "add.s64 %d1, %data, %d1;\nst.global.u32 [%d1+4], %lane;\nret;");
  std::vector<std::uint32_t> data(33);
  kernel.run(data);
  for (std::uint32_t lane = 0; lane < 32; ++lane) EXPECT_EQ(data[lane + 1], lane);
}

TEST(PtxMemory, VectorsAreAddedElementByElement) {
  TestKernel kernel(
      "mov.f32 %f1, 0f3F800000;\nmov.f32 %f2, 0f40000000;\nmov.f32 %f3, 0f40400000;\n"
      "red.global.add.v4.f32 [%data], {%f1, %f2, %f3, %f1};\nret;");
  std::vector<float> data{0, 0, 0, 5};
  data.reserve(8);
  const Counts counts = kernel.run(data);
  EXPECT_EQ(data, (std::vector<float>{32, 64, 96, 37}));
  EXPECT_EQ(counts.atomic_lanes, 128);
  EXPECT_EQ(counts.atomic_sectors, 1);
}

// PTX ISA, "atom": in global memory, subnormal f32 become 0, among operands and results.
TEST(PtxMemory, GlobalAdditionsFlushSubnormals) {
  constexpr float kLeast = std::numeric_limits<float>::min();
  const std::string add = "ld.global.f32 %f1, [%data+4];\nred.global.add.f32 [%data], %f1;\nret;";
  for (const auto& [value, operand, want] :
       {std::tuple{0.0F, kLeast / 2, 0.0F}, std::tuple{kLeast / 2, kLeast, kLeast},
        std::tuple{1.5F * kLeast, -kLeast, 0.0F}, std::tuple{kLeast, kLeast, 2 * kLeast}}) {
    TestKernel kernel(add);
    kernel.launch.block = {1, 1, 1};
    std::vector<float> data{value, operand};
    kernel.run(data);
    EXPECT_EQ(data[0], want);
  }
}

const std::string kShared =
    ".extern .shared .align 16 .b8 dynamic[];\n.shared .align 4 .b8 fixed[20];\n";

TEST(PtxMemory, SharedMemoryIsStaticAndDynamic) {
  TestKernel kernel(
      "mov.u32 %r1, fixed;\nmov.u32 %r2, dynamic;\nmov.u32 %r3, 11;\nmov.u32 %r4, 22;\n"
      "st.shared.u32 [%r1+16], %r3;\nst.shared.u32 [%r2], %r4;\nld.shared.u32 %r5, [fixed+16];\n"
      "cvt.u64.u32 %d1, %r2;\ncvta.shared.u64 %d2, %d1;\nld.u32 %r6, [%d2];\n"
      "st.global.u32 [%data], %r5;\nst.global.u32 [%data+4], %r6;\nst.global.u32 [%data+8], "
      "%r2;\nret;",
      kShared);
  kernel.launch.block = {1, 1, 1};
  kernel.launch.dynamic_shared_bytes = 4;
  std::vector<std::uint32_t> data(3);
  kernel.run(data);
  EXPECT_EQ(data, (std::vector<std::uint32_t>{11, 22, 32}));
  kernel.launch.dynamic_shared_bytes = 0;
  expect_in(kernel.error(data), "address 32 of shared memory with 4 bytes: the block has 20");
}

TEST(PtxMemory, SharedMemoryThatNobodyHasWrittenIsFound) {
  TestKernel kernel(
      "mov.u32 %r1, fixed;\nst.shared.u8 [%r1], %r1;\nld.shared.u8 %r2, [%r1];\n"
      "ld.shared.u16 %r2, [%r1];\nret;",
      kShared);
  kernel.launch.block = {1, 1, 1};
  const std::string message = kernel.error();
  expect_in(message, "ld.shared.u16");
  expect_in(message, "reads shared memory that nobody has written");
}

// Even lanes in shared memory, odd ones in global memory.
TEST(PtxMemory, GenericAddressesOfBothSpaces) {
  TestKernel kernel(
      "and.b32 %r1, %lane, 1;\nsetp.eq.u32 %p1, %r1, 1;\nmul.wide.u32 %d1, %lane, 4;\n"
      "mov.u64 %d2, dynamic;\ncvta.shared.u64 %d2, %d2;\nselp.b64 %d3, %data, %d2, %p1;\n"
      "add.s64 %d3, %d3, %d1;\nst.u32 [%d3], %lane;\nld.u32 %r2, [%d3];\n"
      "add.s64 %d4, %data, %d1;\nst.global.u32 [%d4+128], %r2;\nret;",
      kShared);
  kernel.launch.dynamic_shared_bytes = 128;
  std::vector<std::uint32_t> data(64, 99);
  const Counts counts = kernel.run(data);
  for (std::uint32_t lane = 0; lane < 32; ++lane) {
    EXPECT_EQ(data[lane], lane % 2 == 1 ? lane : 99);
    EXPECT_EQ(data[32 + lane], lane);
  }
  EXPECT_EQ(counts.shared_accesses, 2);
  EXPECT_EQ(counts.global_loads, 1);
}

TEST(PtxMemory, EachThreadHasItsLocalMemory) {
  TestKernel kernel(
      ".local .align 8 .b8 depot[16];\nmov.u64 %d1, depot;\ncvta.local.u64 %d2, %d1;\n"
      "st.local.u32 [%d1+8], %lane;\nld.u32 %r1, [%d2+8];\nmul.wide.u32 %d3, %lane, 4;\n"
      "add.s64 %d3, %data, %d3;\nst.global.u32 [%d3], %r1;\nret;");
  std::vector<std::uint32_t> data(32);
  EXPECT_EQ(kernel.run(data).local_accesses, 2);
  for (std::uint32_t lane = 0; lane < 32; ++lane) EXPECT_EQ(data[lane], lane);
  TestKernel beyond(
      ".local .align 8 .b8 depot[16];\nmov.u64 %d1, depot;\nst.local.u32 [%d1+16], %lane;\nret;");
  expect_in(beyond.error(), "address 16 of local memory");
}

TEST(PtxMemory, ParametersBeyondTheEndAreFound) {
  TestKernel kernel(
      "mov.u64 %d1, test_param_0;\nld.param.u32 %r1, [%d1+4];\nld.param.u32 %r1, [%d1+8];\nret;");
  expect_in(kernel.error(), "address 8 of parameters with 4 bytes: there are 8");
}

// Conflicts of banks: 4-byte words with a stride, and vectors, of which 8 lanes go at a time.
TEST(PtxMemory, BankConflictsAreCounted) {
  const auto conflicts = [](const std::string& scale, const std::string& store) {
    TestKernel kernel("mul.lo.u32 %r1, %lane, " + scale + ";\nmov.u32 %r2, 0;\n" + store + "\nret;",
                      kShared);
    kernel.launch.dynamic_shared_bytes = 8192;
    std::vector<std::uint32_t> data(1);
    return kernel.run(data).shared_bank_conflict_cycles;
  };
  EXPECT_EQ(conflicts("4", "st.shared.u32 [%r1], %r2;"), 0);
  EXPECT_EQ(conflicts("8", "st.shared.u32 [%r1], %r2;"), 1);
  EXPECT_EQ(conflicts("128", "st.shared.u32 [%r1], %r2;"), 31);
  EXPECT_EQ(conflicts("132", "st.shared.u32 [%r1], %r2;"), 0);
  EXPECT_EQ(conflicts("16", "st.shared.v4.u32 [%r1], {%r2, %r2, %r2, %r2};"), 0);
  EXPECT_EQ(conflicts("32", "st.shared.v4.u32 [%r1], {%r2, %r2, %r2, %r2};"), 4);
}

TEST(PtxMemory, SectorsAreCounted) {
  const auto sectors = [](const std::string& scale) {
    TestKernel kernel("mul.lo.u32 %r1, %lane, " + scale +
                      ";\nand.b32 %r1, %r1, 4095;\n"
                      "cvt.u64.u32 %d1, %r1;\nand.b64 %d2, %data, -32;\nadd.s64 %d1, %d2, %d1;\n"
                      "ld.global.u32 %r2, [%d1+32];\nret;");
    std::vector<std::uint32_t> data(2048);
    return kernel.run(data).global_sectors;
  };
  EXPECT_EQ(sectors("0"), 1);
  EXPECT_EQ(sectors("4"), 4);
  EXPECT_EQ(sectors("32"), 32);
  EXPECT_EQ(sectors("4064"), 32) << "downwards";
  EXPECT_EQ(sectors("1024"), 4) << "0, 1024, 2048, 3072 again and again";
}

}  // namespace
}  // namespace wordfire::emulator
