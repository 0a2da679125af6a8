// What is read from PTX text, and what is refused.
#include "emulator/ptx_program.h"

#include <gtest/gtest.h>

#include "emulator/ptx_code.h"
#include "emulator/ptx_kernel.h"

namespace wordfire::emulator {
namespace {

std::string error_of(const std::string& text) {
  try {
    const PtxProgram program(text);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

const std::string kTwoKernels = R"(
.version 9.0
.target sm_90
.address_size 64
	// .globl	first
.extern .shared .align 32 .b8 dynamic[];
.visible .entry first(
	.param .align 8 .b8 first_param_0[20],
	.param .u64 first_param_1,
	.param .u32 first_param_2
)
.maxntid 128, 2, 1
.minnctapersm 2
{
	.reg .b32 	%r<3>;
	.shared .align 4 .b8 fixed[12];
	mov.u32 	%r1, dynamic; { .reg .b64 %tmp;
	  cvt.u64.u32 	%tmp, %r1; }
	.pragma "used_bytes_mask 15";
	.loc 1 12 3, function_name $L__info_string0, inlined_at 1 4 5
	ret;
}
.entry second()
{
	ret;
}
.section .debug_str
{
info:
.b8 97,0
}
)";

TEST(PtxProgram, KernelsHaveParametersAndBounds) {
  const PtxProgram program(kTwoKernels);
  ASSERT_EQ(program.kernels().size(), 2);
  EXPECT_EQ(program.find("third"), nullptr);
  const PtxKernel* const first = program.find("first");
  ASSERT_NE(first, nullptr);
  ASSERT_EQ(first->parameters.size(), 3);
  EXPECT_EQ(first->parameters[0].bytes, 20);
  EXPECT_EQ(first->parameters[0].align, 8);
  EXPECT_EQ(first->parameters[1].offset, 24);
  EXPECT_EQ(first->parameters[2].offset, 32);
  EXPECT_EQ(first->parameter_bytes, 36);
  EXPECT_EQ(first->most_threads, 256);
  EXPECT_EQ(first->static_shared_bytes, 12);
  EXPECT_EQ(program.find("second")->most_threads, 0);
}

TEST(PtxProgram, WhatIsUnknownIsAnErrorWithItsLine) {
  const auto error = [](const std::string& line) { return error_of(module_of(line + "\nret;")); };
  EXPECT_EQ(error("frob.u32 %r1, %r2;"),
            "PTX line 19: unknown instruction frob.u32: frob.u32 %r1, %r2;");
  EXPECT_NE(error("add.ftz.f32 %f1, %f2, %f3;").find("unknown instruction add.ftz.f32"),
            std::string::npos);
  EXPECT_NE(error("ld.global.v3.u32 {%r1, %r2, %r3}, [%d1];").find("unknown instruction"),
            std::string::npos);
  EXPECT_NE(error("mov.u32 %r1, %clock;").find("unknown operand \"%clock\""), std::string::npos);
  EXPECT_NE(error("mov.u32 %r1, nowhere;").find("unknown operand \"nowhere\""), std::string::npos);
  EXPECT_NE(error("bra NOWHERE;").find("unknown label NOWHERE"), std::string::npos);
  EXPECT_NE(error(".const .u32 table;").find("unknown directive .const"), std::string::npos);
  EXPECT_NE(error("call function;").find("unknown instruction call"), std::string::npos);
}

TEST(PtxProgram, OperandsMustFitTheirInstruction) {
  const auto error = [](const std::string& line) { return error_of(module_of(line + "\nret;")); };
  EXPECT_NE(error("add.s32 %r1, %r2, %d3;").find("register %d3 has 8 bytes, want 4"),
            std::string::npos);
  EXPECT_NE(error("add.s32 %r1, %r2;").find("got \";\", want \",\""), std::string::npos);
  EXPECT_NE(error("add.s32 %r1, %r2, %r3, %r4;").find("unknown operands of add.s32 from \",\" on"),
            std::string::npos);
  EXPECT_NE(error("setp.lt.f32 %r1, %f1, %f2;").find("register %r1 has 4 bytes, want 0"),
            std::string::npos);
  EXPECT_NE(error("ld.global.v2.u32 %r1, [%d1];").find("the operands do not fit"),
            std::string::npos);
  EXPECT_NE(error("mov.f32 %f1, 0d3FF0000000000000;").find("does not fit here"), std::string::npos);
}

TEST(PtxProgram, TheEndMustBeThere) {
  EXPECT_NE(error_of(".entry a()\n{\nret;\n").find("ends early"), std::string::npos);
  EXPECT_NE(
      error_of(".entry a()\n{\n.reg .b32 %r<2>;\nmov.u32 %r1, 0;\n}\n").find("does not end with"),
      std::string::npos);
  EXPECT_NE(error_of(".func a()\n{\nret;\n}\n").find("unknown directive .func"), std::string::npos);
}

// Registers whose values are needed at different times share rows; those of a loop do not.
TEST(PtxProgram, RegistersShareRows) {
  std::string chain = "mov.u32 %r1, 1;\n";
  for (int i = 2; i < 32; ++i) {
    chain += "add.s32 %r" + std::to_string(i) + ", %r" + std::to_string(i - 1) + ", %r1;\n";
  }
  const PtxProgram program(module_of(chain + "st.global.u32 [%data], %r31;\nret;"));
  EXPECT_LE(program.find("test")->code->register_bytes, 8 * 256);
  TestKernel kernel(chain + "st.global.u32 [%data], %r31;\nret;");
  std::vector<std::uint32_t> data(1);
  kernel.run(data);
  EXPECT_EQ(data[0], 31);
}

// %r2 is written before the loop and read in it: nothing in the loop may have its row.
TEST(PtxProgram, RegistersOfALoopKeepTheirRows) {
  TestKernel kernel(
      "mov.u32 %r1, 0;\nmov.u32 %r2, 7;\nmov.u32 %r3, 0;\nLOOP:\nadd.s32 %r3, %r3, %r2;\n"
      "mul.lo.s32 %r4, %r1, 3;\nadd.s32 %r5, %r4, 1;\nadd.s32 %r6, %r5, %r4;\nadd.s32 %r1, %r1, "
      "1;\n"
      "setp.lt.s32 %p1, %r1, 5;\n@%p1 bra LOOP;\nst.global.u32 [%data], %r3;\nret;");
  std::vector<std::uint32_t> data(1);
  kernel.run(data);
  EXPECT_EQ(data[0], 35);
}

// Odd lanes get 7 each time round; even ones still need the 5 from before the loop.
TEST(PtxProgram, LanesThatAGuardLeavesOutKeepTheirValues) {
  TestKernel kernel(
      "and.b32 %r10, %lane, 1;\nsetp.eq.u32 %p1, %r10, 1;\nmov.u32 %r1, 5;\nmov.u32 %r2, 0;\n"
      "mov.u32 %r3, 0;\nLOOP:\n@%p1 mov.u32 %r1, 7;\nadd.s32 %r3, %r3, %r1;\n"
      "mul.lo.s32 %r4, %r2, 100;\nadd.s32 %r3, %r3, %r4;\nadd.s32 %r2, %r2, 1;\n"
      "setp.lt.s32 %p2, %r2, 3;\n@%p2 bra LOOP;\nmul.wide.u32 %d1, %lane, 4;\n"
      "add.s64 %d1, %data, %d1;\nst.global.u32 [%d1], %r3;\nret;");
  std::vector<std::uint32_t> data(32);
  kernel.run(data);
  for (std::uint32_t lane = 0; lane < 32; ++lane) EXPECT_EQ(data[lane], lane % 2 == 1 ? 321 : 315);
}

}  // namespace
}  // namespace wordfire::emulator
