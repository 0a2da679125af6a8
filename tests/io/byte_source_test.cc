#include "io/byte_source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "core/stopped.h"
#include "tests/io/compressed.h"
#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

class ByteSourceTest : public FolderTest {
 protected:
  // All bytes, asked for `step` at a time.
  static std::string read_all(const std::string& path, size_t step = 1000) {
    const auto source = open_source(path);
    std::string text;
    std::vector<char> buffer(step);
    while (const size_t bytes = source->read(buffer)) text.append(buffer.data(), bytes);
    return text;
  }
  // Text that compresses to many blocks.
  static std::string long_text() {
    std::string text;
    for (int i = 0; i < 60'000; ++i) text += std::to_string(i * 7919 % 100'003) + " word\n";
    return text;
  }
};

TEST_F(ByteSourceTest, PlainFileComesAsItIs) {
  for (const std::string text : {"", "a", "abc", "abcd", "a\0b\n\xFF"}) {
    EXPECT_EQ(read_all(write("plain", text), 1), text);
    EXPECT_EQ(read_all(write("plain", text)), text);
  }
}

TEST_F(ByteSourceTest, GzipAndZstdAreToldByTheirFirstBytes) {
  const std::string text = long_text();
  EXPECT_EQ(read_all(write("named.txt", gzip(text))), text);
  EXPECT_EQ(read_all(write("named.bin", zstd(text))), text);
  EXPECT_EQ(read_all(write("plain.gz", "not compressed")), "not compressed");
}

TEST_F(ByteSourceTest, MembersAndFramesFollowEachOther) {
  const std::string text = long_text();
  EXPECT_EQ(read_all(write("a", gzip(text) + gzip("") + gzip("end"))), text + "end");
  EXPECT_EQ(read_all(write("b", zstd(text) + zstd("") + zstd("end"))), text + "end");
}

TEST_F(ByteSourceTest, AnyStepGivesEqualBytes) {
  const std::string text = long_text().substr(0, 5000);
  for (const size_t step : {size_t{1}, size_t{3}, size_t{4096}, size_t{1} << 20}) {
    EXPECT_EQ(read_all(write("a", gzip(text) + gzip(text)), step), text + text);
    EXPECT_EQ(read_all(write("b", zstd(text) + zstd(text)), step), text + text);
  }
}

TEST_F(ByteSourceTest, SkippableZstdFrameAtTheStartIsSkipped) {
  const std::string skippable("\x53\x2A\x4D\x18\x02\x00\x00\x00xy", 10);
  EXPECT_EQ(read_all(write("a", skippable + zstd("text"))), "text");
}

TEST_F(ByteSourceTest, ZerosBehindGzipArePadding) {
  EXPECT_EQ(read_all(write("a", gzip("text") + std::string(700, '\0'))), "text");
}

TEST_F(ByteSourceTest, CutGzipIsAnErrorWhereverItIsCut) {
  const std::string bytes = gzip("some text, and more of it");
  for (size_t size = 2; size < bytes.size(); ++size) {
    const std::string file = write("cut", bytes.substr(0, size));
    EXPECT_EQ(message_of(ErrorKind::kData, [&] { read_all(file); }),
              file + ": gzip data ends at byte " + std::to_string(size) +
                  ", in the middle; copy or make the file anew");
  }
}

TEST_F(ByteSourceTest, CutZstdIsAnErrorWhereverItIsCut) {
  const std::string bytes = zstd("some text, and more of it");
  for (size_t size = 4; size < bytes.size(); ++size) {
    const std::string file = write("cut", bytes.substr(0, size));
    EXPECT_NE(message_of(ErrorKind::kData, [&] { read_all(file); }).find(file + ": zstd data ends"),
              std::string::npos);
  }
}

TEST_F(ByteSourceTest, DamagedDataIsAnErrorThatNamesTheFile) {
  for (std::string bytes : {gzip(long_text()), zstd(long_text())}) {
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);
    const std::string file = write("damaged", bytes);
    const std::string message = message_of(ErrorKind::kData, [&] { read_all(file); });
    EXPECT_EQ(message.find(file + ": "), 0u) << message;
    EXPECT_NE(message.find("data is damaged"), std::string::npos) << message;
  }
  const std::string garbage = write("garbage", gzip("text") + "behind");
  EXPECT_NE(message_of(ErrorKind::kData, [&] { read_all(garbage); }).find("damaged"),
            std::string::npos);
}

TEST_F(ByteSourceTest, MissingFilesAndDirectoriesAreNoInput) {
  EXPECT_EQ(message_of(SystemFault::kNoInput, [&] { read_all(path("none")); }),
            path("none") + ": cannot open (No such file or directory)");
  EXPECT_EQ(message_of(SystemFault::kNoInput, [&] { read_all(folder().string()); }),
            folder().string() + ": is a directory, want a file");
}

TEST_F(ByteSourceTest, NamedPipeIsReadToItsEnd) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const std::string bytes = gzip("through a pipe");
  std::thread writer([&] { write("pipe", bytes); });
  EXPECT_EQ(read_all(path("pipe")), "through a pipe");
  writer.join();
}

TEST_F(ByteSourceTest, WaitingForAWriterEndsOnRequest) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const std::atomic<bool> stop = true;
  EXPECT_THROW(static_cast<void>(open_source(path("pipe"), &stop)), Stopped);
}

TEST_F(ByteSourceTest, WaitingForBytesEndsOnRequest) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "text", 4), 4);
  std::atomic<bool> stop = false;
  const auto source = open_source("/proc/self/fd/" + std::to_string(ends[0]), &stop);
  std::vector<char> buffer(100);
  EXPECT_EQ(source->read(buffer), 4u);
  stop = true;
  EXPECT_THROW(static_cast<void>(source->read(buffer)), Stopped);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(ByteSourceTest, DirectoryIsItsVisibleFilesByName) {
  write("b", "");
  write("a", "");
  write(".hidden", "");
  std::filesystem::create_directory(path("inner"));
  const std::vector<std::string> wanted = {path("a"), path("b"), "-", path("b")};
  EXPECT_EQ(list_input_files({folder().string(), "-", path("b")}), wanted);
}

TEST_F(ByteSourceTest, ListRefusesWhatIsNotThere) {
  std::filesystem::create_directory(path("empty"));
  EXPECT_EQ(message_of(SystemFault::kNoInput, [&] { return list_input_files({path("empty")}); }),
            path("empty") + ": no files in this directory, want at least one");
  EXPECT_EQ(message_of(SystemFault::kNoInput, [&] { return list_input_files({path("x")}); }),
            path("x") + ": cannot open (No such file or directory)");
}

}  // namespace
}  // namespace wordfire
