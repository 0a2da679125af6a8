#include "core/token_key.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace wordfire {
namespace {

// Bytes that differ, without a zero.
std::string text_of(size_t size) {
  std::string text;
  while (text.size() < size) text += static_cast<char>(200 + text.size());
  return text;
}

TEST(TokenKey, IsThatOfTheTokenWhateverLiesBehindIt) {
  const std::string text = text_of(50);
  for (size_t size = 1; size <= 30; ++size) {
    const std::string alone = text.substr(0, size);
    EXPECT_EQ(padded_token_key(std::string_view(text).substr(0, size)), token_key(alone)) << size;
  }
}

TEST(TokenKey, HoldsSixteenBytesInOrder) {
  const TokenKey key = token_key("abcdefghi");
  EXPECT_EQ(key.low, 0x6867666564636261u);
  EXPECT_EQ(key.high, 0x69u);
}

TEST(TokenKey, IsWholeForUpToFifteenBytes) {
  for (size_t size = 0; size <= 20; ++size) {
    EXPECT_EQ(token_key(text_of(size)).is_whole(), size <= 15) << size;
  }
}

TEST(TokenKey, HashesOfNumberedWordsDiffer) {
  std::set<uint64_t> low_bits;
  constexpr int kWords = 1000;
  for (int i = 0; i < kWords; ++i) {
    low_bits.insert(hash_of_key(token_key("word" + std::to_string(i))) % (1 << 20));
    low_bits.insert(hash_of_key(token_key("a-longer-word" + std::to_string(i))) % (1 << 20));
  }
  EXPECT_GT(low_bits.size(), 2 * kWords - 20);  // chance makes about 2 equal
}

}  // namespace
}  // namespace wordfire
