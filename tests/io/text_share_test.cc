#include "io/text_share.h"

#include <string>
#include <vector>

#include "io/line_blocks.h"
#include "tests/io/compressed.h"
#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

class TextShares : public FolderTest {
 protected:
  // The blocks of each share, by their numbers.
  struct Shares {
    std::string one_after_the_other;
    std::map<int64_t, std::string> by_number;
    size_t blocks = 0;
  };
  static Shares read(const std::vector<std::string>& paths, int shares, size_t block_bytes) {
    Shares all;
    for (int share = 0; share < shares; ++share) {
      TextReading reading;
      reading.share = share;
      reading.shares = shares;
      LineBlockReader reader(paths, block_bytes, nullptr, reading);
      for (LineBlock block; reader.next(block); ++all.blocks) {
        all.one_after_the_other += block.text();
        all.by_number[block.sequence] = block.text();
      }
    }
    return all;
  }
  static std::string text_of(const std::map<int64_t, std::string>& blocks) {
    std::string text;
    for (const auto& [number, block] : blocks) text += block;
    return text;
  }
};

std::string sample() { return "one\ntwo words\n\n" + std::string(90, 'x') + "\n\n\nlast"; }

TEST_F(TextShares, TogetherAreTheText) {
  const std::vector<std::string> paths = {write("a", sample()), write("b", ""),
                                          write("c", sample() + "\n")};
  for (int shares = 1; shares < 40; ++shares) {
    EXPECT_EQ(read(paths, shares, 16).one_after_the_other, sample() + sample() + "\n") << shares;
  }
}

TEST_F(TextShares, AreAboutEqual) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "line " + std::to_string(i) + "\n";
  const std::vector<std::string> paths = {write("text", text)};
  for (int share = 0; share < 4; ++share) {
    TextReading reading;
    reading.share = share;
    reading.shares = 4;
    LineBlockReader reader(paths, 1 << 10, nullptr, reading);
    for (LineBlock block; reader.next(block);) continue;
    EXPECT_NEAR(static_cast<double>(reader.bytes_read()), static_cast<double>(text.size()) / 4, 20);
  }
}

TEST_F(TextShares, OnlyTheStartOfAFileHasAByteOrderMark) {
  const std::string mark = "\xEF\xBB\xBF";
  const std::vector<std::string> paths = {write("text", mark + "a\n" + mark + "b\n")};
  for (int shares = 1; shares < 5; ++shares) {
    EXPECT_EQ(read(paths, shares, 4).one_after_the_other, "a\n" + mark + "b\n");
  }
}

TEST_F(TextShares, WhatCannotBeCutIsDealtOut) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "line " + std::to_string(i) + "\n";
  const std::vector<std::string> paths = {write("plain", text), write("text.gz", gzip(text))};
  const Shares one = read(paths, 1, 512);
  for (int shares = 2; shares < 6; ++shares) {
    const Shares many = read(paths, shares, 512);
    EXPECT_EQ(many.blocks, one.blocks);
    EXPECT_EQ(text_of(many.by_number), text + text);
    EXPECT_NE(many.one_after_the_other, text + text);
  }
}

TEST_F(TextShares, RecordsAreNotCut) {
  TextReading reading;
  reading.shares = 2;
  reading.format = InputFormat::kAuto;
  EXPECT_TRUE(cut_files({write("plain", "a b\n")}, reading));
  EXPECT_FALSE(cut_files({write("lines.jsonl", "{\"source\": \"a\", \"label\": 1}\n")}, reading));
  EXPECT_FALSE(cut_files({"pipe:" + path("fifo")}, reading));
  EXPECT_FALSE(cut_files({"-"}, reading));
}

}  // namespace
}  // namespace wordfire
