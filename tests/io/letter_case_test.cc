#include "io/letter_case.h"

#include <gtest/gtest.h>

#include <clocale>
#include <cwctype>

namespace wordfire {
namespace {

struct Block {
  char32_t first;
  char32_t last;
};

// Those that the header promises to cover completely.
constexpr Block kCovered[] = {{0x00, 0x24F},  {0x370, 0x3FF},   {0x400, 0x52F},
                              {0x531, 0x556}, {0x1E00, 0x1EFF}, {0xFF21, 0xFF3A}};

TEST(LetterCase, AgreesWithUnicodeInTheCoveredBlocks) {
  if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) GTEST_SKIP() << "no locale C.UTF-8";
  for (const Block& block : kCovered) {
    for (char32_t code = block.first; code <= block.last; ++code) {
      const auto want = static_cast<char32_t>(std::towlower(static_cast<wint_t>(code)));
      ASSERT_EQ(lower_case(code), want) << std::hex << static_cast<uint32_t>(code);
    }
  }
}

TEST(LetterCase, CharactersOutsideTheCoveredBlocksStay) {
  for (const char32_t code :
       {U'\u1F08', U'\u10A0', U'\u4E00', U'\u0627', U'\U00010400', U'\U0010FFFF'}) {
    EXPECT_EQ(lower_case(code), code);
  }
}

TEST(LetterCase, LowerCaseIsAFixedPoint) {
  for (char32_t code = 0; code < 0x11000; ++code) {
    ASSERT_EQ(lower_case(lower_case(code)), lower_case(code)) << static_cast<uint32_t>(code);
  }
}

TEST(LetterCase, ExamplesOfEachScript) {
  EXPECT_EQ(lower_case(U'Ä'), U'ä');
  EXPECT_EQ(lower_case(U'Ž'), U'ž');
  EXPECT_EQ(lower_case(U'Ω'), U'ω');
  EXPECT_EQ(lower_case(U'Ж'), U'ж');
  EXPECT_EQ(lower_case(U'×'), U'×');
  EXPECT_EQ(lower_case(U'ß'), U'ß');
}

}  // namespace
}  // namespace wordfire
