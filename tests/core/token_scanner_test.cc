#include "core/token_scanner.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/core/each_target.h"
#include "tests/reference/plain_text.h"

namespace wordfire {
namespace {

class TokenScanner : public EachTarget {};
WORDFIRE_ON_EACH_TARGET(TokenScanner);

// The tokens of a text, "</s>" for each newline, as the scanner finds them. The text lies in memory
// of exactly its size and the zeros that the scanner may read.
std::vector<std::string> scan(std::string_view text) {
  const size_t padded = (text.size() + 63) / 64 * 64;
  const auto memory = std::make_unique<char[]>(padded);
  std::copy(text.begin(), text.end(), memory.get());
  ByteClasses classes;
  classify_bytes(memory.get(), text.size(), classes);
  std::vector<std::string> tokens;
  scan_tokens(
      classes, text.size(),
      [&](size_t begin, size_t end) { tokens.emplace_back(text.substr(begin, end - begin)); },
      [&](size_t at) {
        EXPECT_EQ(text[at], '\n');
        tokens.emplace_back("</s>");
      });
  return tokens;
}

// Random bytes; `blanks` of 16 are separators.
std::string random_text(size_t size, uint32_t blanks, std::mt19937& random) {
  constexpr std::string_view kBlanks("\n\n \t\v\f\r\0", 8);
  std::string text;
  for (size_t i = 0; i < size; ++i) {
    text +=
        random() % 16 < blanks ? kBlanks[random() % kBlanks.size()] : static_cast<char>(random());
  }
  return text;
}

TEST_P(TokenScanner, FindsTheTokensOfALoopInTextsOfEverySize) {
  std::mt19937 random(1);
  for (size_t size = 0; size <= 200; ++size) {
    for (const uint32_t blanks : {0u, 1u, 4u, 15u, 16u}) {
      const std::string text = random_text(size, blanks, random);
      ASSERT_EQ(scan(text), reference::tokens_of(text)) << size << " " << blanks;
    }
  }
}

TEST_P(TokenScanner, EachByteAloneIsASeparatorOrAToken) {
  for (int byte = 0; byte < 256; ++byte) {
    for (const std::string prefix : {"", "x", " ", "\n"}) {
      const std::string text = prefix + static_cast<char>(byte) + "y";
      EXPECT_EQ(scan(text), reference::tokens_of(text)) << byte;
    }
  }
}

TEST_P(TokenScanner, TokensCrossWordsOf64Bytes) {
  for (const size_t size : {62, 63, 64, 65, 127, 128, 129, 192}) {
    const std::string token(size, 'x');
    EXPECT_EQ(scan(token), std::vector<std::string>({token}));
    EXPECT_EQ(scan(token + "\n"), std::vector<std::string>({token, "</s>"}));
    EXPECT_EQ(scan(" " + token + "\n\n" + token),
              std::vector<std::string>({token, "</s>", "</s>", token}));
  }
}

TEST_P(TokenScanner, ATextCutAtItsLinesHasTheSameTokens) {
  std::mt19937 random(2);
  for (int round = 0; round < 50; ++round) {
    const std::string text = random_text(500, 3, random);
    std::vector<std::string> tokens;
    for (const std::string& line : reference::lines_of(text)) {
      const std::vector<std::string> of_line = scan(line);
      tokens.insert(tokens.end(), of_line.begin(), of_line.end());
    }
    EXPECT_EQ(tokens, scan(text));
  }
}

TEST(ByteClasses, AreMadeAnewForEachText) {
  ByteClasses classes;
  classify_bytes(std::string(200, ' ').c_str(), 200, classes);
  std::string text(64, 'x');
  classify_bytes(text.c_str(), 64, classes);
  EXPECT_EQ(classes.separators, std::vector<uint64_t>({0}));
  EXPECT_EQ(classes.newlines, std::vector<uint64_t>({0}));
}

}  // namespace
}  // namespace wordfire
