// Every setp, selp, and logic of predicates.
#include <gtest/gtest.h>

#include "emulator/ptx_arithmetic.h"

namespace wordfire::emulator {
namespace {

using Truth = std::uint32_t;

template <class T>
void expect_comparisons(const std::string& type) {
  SCOPED_TRACE(type);
  expect_lanes<Truth, T, T>("setp.eq." + type, [](T a, T b) { return Truth(a == b); });
  expect_lanes<Truth, T, T>("setp.lt." + type, [](T a, T b) { return Truth(a < b); });
  expect_lanes<Truth, T, T>("setp.le." + type, [](T a, T b) { return Truth(a <= b); });
  expect_lanes<Truth, T, T>("setp.gt." + type, [](T a, T b) { return Truth(a > b); });
  expect_lanes<Truth, T, T>("setp.ge." + type, [](T a, T b) { return Truth(a >= b); });
  expect_lanes<Truth, T, T>("setp.ne." + type, [](T a, T b) {
    return Truth(a == a && b == b && a != b);  // of what is no number: false
  });
}

TEST(PtxComparisons, Ordered) {
  expect_comparisons<std::int16_t>("s16");
  expect_comparisons<std::uint16_t>("u16");
  expect_comparisons<std::int32_t>("s32");
  expect_comparisons<std::uint32_t>("u32");
  expect_comparisons<std::int64_t>("s64");
  expect_comparisons<std::uint64_t>("u64");
  expect_comparisons<float>("f32");
  expect_comparisons<double>("f64");
}

// True where one is no number.
template <class T>
void expect_unordered(const std::string& type) {
  SCOPED_TRACE(type);
  expect_lanes<Truth, T, T>("setp.equ." + type,
                            [](T a, T b) { return Truth(std::isunordered(a, b) || a == b); });
  expect_lanes<Truth, T, T>("setp.neu." + type, [](T a, T b) { return Truth(!(a == b)); });
  expect_lanes<Truth, T, T>("setp.ltu." + type,
                            [](T a, T b) { return Truth(std::isunordered(a, b) || a < b); });
  expect_lanes<Truth, T, T>("setp.leu." + type,
                            [](T a, T b) { return Truth(std::isunordered(a, b) || a <= b); });
  expect_lanes<Truth, T, T>("setp.gtu." + type,
                            [](T a, T b) { return Truth(std::isunordered(a, b) || a > b); });
  expect_lanes<Truth, T, T>("setp.geu." + type,
                            [](T a, T b) { return Truth(std::isunordered(a, b) || a >= b); });
  expect_lanes<Truth, T, T>("setp.num." + type,
                            [](T a, T b) { return Truth(!std::isunordered(a, b)); });
  expect_lanes<Truth, T, T>("setp.nan." + type,
                            [](T a, T b) { return Truth(std::isunordered(a, b)); });
}

TEST(PtxComparisons, Unordered) {
  expect_unordered<float>("f32");
  expect_unordered<double>("f64");
}

TEST(PtxComparisons, OfBits) {
  using Word = std::uint32_t;
  using Long = std::uint64_t;
  expect_lanes<Truth, Word, Word>("setp.eq.b32", [](Word a, Word b) { return Truth(a == b); });
  expect_lanes<Truth, Word, Word>("setp.ne.b32", [](Word a, Word b) { return Truth(a != b); });
  expect_lanes<Truth, Long, Long>("setp.eq.b64", [](Long a, Long b) { return Truth(a == b); });
  expect_lanes<Truth, Long, Long>("setp.ne.b64", [](Long a, Long b) { return Truth(a != b); });
}

// Lane l: %p1 is bit 0 of l, %p2 bit 1.
std::vector<std::uint32_t> predicates_of(const std::string& logic) {
  TestKernel kernel(
      "and.b32 %r1, %lane, 1;\nsetp.eq.u32 %p1, %r1, 1;\nand.b32 %r2, %lane, 2;\n"
      "setp.eq.u32 %p2, %r2, 2;\n" +
      logic +
      "\nselp.b32 %r3, 7, %lane, %p3;\n"
      "mul.wide.u32 %d1, %lane, 4;\nadd.s64 %d1, %data, %d1;\nst.global.u32 [%d1], %r3;\nret;");
  kernel.launch.block = {4, 1, 1};
  std::vector<std::uint32_t> data(4);
  kernel.run(data);
  return data;
}

TEST(PtxComparisons, LogicOfPredicates) {
  using Values = std::vector<std::uint32_t>;
  EXPECT_EQ(predicates_of("and.pred %p3, %p1, %p2;"), (Values{0, 1, 2, 7}));
  EXPECT_EQ(predicates_of("or.pred %p3, %p1, %p2;"), (Values{0, 7, 7, 7}));
  EXPECT_EQ(predicates_of("xor.pred %p3, %p1, %p2;"), (Values{0, 7, 7, 3}));
  EXPECT_EQ(predicates_of("not.pred %p3, %p1;"), (Values{7, 1, 7, 3}));
  EXPECT_EQ(predicates_of("mov.pred %p3, 1;"), (Values{7, 7, 7, 7}));
  EXPECT_EQ(predicates_of("mov.pred %p3, 0;\n@%p2 mov.pred %p3, %p1;"), (Values{0, 1, 2, 7}));
}

}  // namespace
}  // namespace wordfire::emulator
