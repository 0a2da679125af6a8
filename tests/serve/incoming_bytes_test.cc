#include "serve/incoming_bytes.h"

#include <gtest/gtest.h>

#include <string>

namespace wordfire::serve {
namespace {

void fill(IncomingBytes& bytes, std::string_view text, size_t wanted = 1) {
  while (!text.empty()) {
    const std::span<char> space = bytes.space(wanted);
    ASSERT_FALSE(space.empty());
    const size_t count = std::min(space.size(), text.size());
    std::copy_n(text.begin(), count, space.begin());
    bytes.add(count);
    text.remove_prefix(count);
  }
}

TEST(IncomingBytes, KeepsWhatIsNotTaken) {
  IncomingBytes bytes;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string text(static_cast<size_t>(i % 37), static_cast<char>('a' + i % 26));
    fill(bytes, text);
    expected += text;
    const size_t taken = std::min<size_t>(expected.size(), static_cast<size_t>(i % 31));
    bytes.take(taken);
    expected.erase(0, taken);
    ASSERT_EQ(bytes.waiting(), expected);
  }
}

TEST(IncomingBytes, GrowsToWhatIsExpectedAndShrinksAgain) {
  IncomingBytes bytes;
  fill(bytes, std::string(IncomingBytes::kSmall, 'x'));
  EXPECT_GE(bytes.space(100'000).size(), 100'000 - IncomingBytes::kSmall);
  bytes.take(IncomingBytes::kSmall);
  EXPECT_TRUE(bytes.empty());
  EXPECT_EQ(bytes.space(1).size(), IncomingBytes::kSmall);
}

}  // namespace
}  // namespace wordfire::serve
