#include "serve/answer_writer.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/serve/bytes_in_use.h"

namespace wordfire::serve {
namespace {

TEST(AnswerWriter, MemoryOfALongAnswerIsGivenBack) {
  constexpr size_t kLarge = size_t{8} << 20;
  const size_t before = bytes_in_use();
  AnswerWriter writer;
  writer.begin({}, std::string(kLarge, 'x'), true);
  writer.end();
  EXPECT_LT(bytes_in_use(), before + kLarge / 2);
}

}  // namespace
}  // namespace wordfire::serve
