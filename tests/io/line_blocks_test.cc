#include "io/line_blocks.h"

#include <unistd.h>

#include <chrono>
#include <map>
#include <thread>

#include "core/parallel.h"
#include "tests/io/compressed.h"
#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

class LineBlocksTest : public FolderTest {
 protected:
  static std::vector<LineBlock> blocks_of(const std::vector<std::string>& paths, size_t bytes) {
    LineBlockReader reader(paths, bytes);
    std::vector<LineBlock> blocks;
    for (LineBlock block; reader.next(block);) blocks.push_back(block);
    return blocks;
  }
  static std::string text_of(const std::vector<LineBlock>& blocks) {
    std::string text;
    for (const LineBlock& block : blocks) text += block.text();
    return text;
  }
  [[nodiscard]] std::string text_of(const std::string& text, size_t bytes) const {
    return text_of(blocks_of({write("text", text)}, bytes));
  }
};

std::string sample() { return "one\ntwo words\n\n" + std::string(300, 'x') + "\r\n\nlast\n"; }

TEST_F(LineBlocksTest, AnyBlockSizeGivesTheSameText) {
  for (size_t bytes = 0; bytes < sample().size() + 5; ++bytes) {
    EXPECT_EQ(text_of(sample(), bytes), sample());
    EXPECT_EQ(text_of(sample() + "no end", bytes), sample() + "no end");
  }
}

TEST_F(LineBlocksTest, BlocksEndWhereLinesEnd) {
  for (size_t bytes = 1; bytes < 400; bytes += 7) {
    int64_t sequence = 0;
    for (const LineBlock& block : blocks_of({write("text", sample())}, bytes)) {
      EXPECT_TRUE(block.text().ends_with('\n'));
      EXPECT_EQ(block.sequence, sequence++);
    }
  }
}

TEST_F(LineBlocksTest, ZerosFollowEveryBlock) {
  for (const LineBlock& block : blocks_of({write("text", sample())}, 10)) {
    ASSERT_EQ(block.bytes.size(), block.size + LineBlock::kSlack);
    const std::string slack(block.bytes.data() + block.size, LineBlock::kSlack);
    EXPECT_EQ(slack, std::string(LineBlock::kSlack, '\0'));
  }
}

TEST_F(LineBlocksTest, BlockNeverHoldsTwoFiles) {
  const auto blocks = blocks_of({write("a", "1\n2"), write("b", ""), write("c", "3\n")}, 1 << 20);
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].text(), "1\n2");
  EXPECT_EQ(blocks[0].file, 0u);
  EXPECT_EQ(blocks[1].text(), "3\n");
  EXPECT_EQ(blocks[1].file, 2u);
}

TEST_F(LineBlocksTest, ByteOrderMarkIsDroppedOnlyAtTheStartOfAFile) {
  const std::string mark = "\xEF\xBB\xBF";
  for (const size_t bytes : {1, 3, 4, 1000}) {
    EXPECT_EQ(text_of(mark + "a\n" + mark + "b\n", bytes), "a\n" + mark + "b\n");
    EXPECT_EQ(text_of(mark, bytes), "");
    EXPECT_EQ(text_of("\xEF\xBB", bytes), "\xEF\xBB");
    const auto two = blocks_of({write("a", mark + "a\n"), write("b", mark + "b\n")}, bytes);
    EXPECT_EQ(text_of(two), "a\nb\n");
  }
}

TEST_F(LineBlocksTest, CompressedFilesAreLinesToo) {
  EXPECT_EQ(text_of(gzip(sample()) + gzip(sample()), 50), sample() + sample());
  EXPECT_EQ(text_of(zstd(sample()) + zstd(sample()), 50), sample() + sample());
}

TEST_F(LineBlocksTest, ThreadsShareTheBlocks) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text.append("line ").append(std::to_string(i)).push_back('\n');
  LineBlockReader reader({write("text", text)}, 500);
  std::map<int64_t, std::string> blocks;
  std::mutex mutex;
  parallel_workers(4, [&](int) {
    for (LineBlock block; reader.next(block);) {
      const std::lock_guard lock(mutex);
      blocks[block.sequence] = block.text();
    }
  });
  std::string joined;
  for (const auto& [sequence, block] : blocks) joined += block;
  EXPECT_EQ(joined, text);
  EXPECT_EQ(reader.bytes_read(), static_cast<int64_t>(text.size()));
}

TEST_F(LineBlocksTest, LineOverTheLimitIsRefusedWithItsPlace) {
  const std::string zeros = gzip(std::string(kMaxLineBytes / 8 + 1, 'x'));
  std::string bytes = gzip("short\n");
  for (int i = 0; i < 8; ++i) bytes += zeros;
  const std::string file = write("long", bytes);
  LineBlockReader reader({file}, 6);
  LineBlock block;
  ASSERT_TRUE(reader.next(block));
  EXPECT_EQ(message_of(ErrorKind::kData, [&] { return reader.next(block); }),
            file + ": byte 6: a line of more than 268435456 bytes; is this a text file?");
  EXPECT_FALSE(reader.next(block));
}

TEST_F(LineBlocksTest, ErrorInTheSecondFileComesAfterTheFirst) {
  LineBlockReader reader({write("a", "1\n"), path("none")});
  LineBlock block;
  EXPECT_TRUE(reader.next(block));
  EXPECT_EQ(message_of(SystemFault::kNoInput, [&] { return reader.next(block); }),
            path("none") + ": cannot open (No such file or directory)");
  EXPECT_FALSE(reader.next(block));
}

// Whoever writes one short line to a pipe may wait for an answer before writing the next.
TEST_F(LineBlocksTest, LinesOfAPipeAreHandedOnAtOnce) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  LineBlockReader reader({"/proc/self/fd/" + std::to_string(ends[0])});
  LineBlock block;
  for (const std::string line : {"a\n", "P\n", "last"}) {
    ASSERT_EQ(::write(ends[1], line.data(), line.size()), static_cast<ssize_t>(line.size()));
    if (line == "last") ::close(ends[1]);
    ASSERT_TRUE(reader.next(block));
    EXPECT_EQ(block.text(), line);
  }
  EXPECT_FALSE(reader.next(block));
  ::close(ends[0]);
}

}  // namespace
}  // namespace wordfire
