#include "io/file_copy.h"

#include <sys/stat.h>

#include "core/matrix.h"
#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

using FileCopyTest = FolderTest;

std::string_view text_of(const FileCopy& copy) {
  return {reinterpret_cast<const char*>(copy.bytes().data()), copy.bytes().size()};
}

TEST_F(FileCopyTest, HoldsEveryByteWithSlackBehind) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{1} << 20, (size_t{3} << 20) + 5}) {
    std::string content(size, 'x');
    for (size_t i = 0; i < size; i += 7) content[i] = static_cast<char>(i);
    const FileCopy copy(write("file", content));
    ASSERT_EQ(text_of(copy), content);
    const std::byte* const end = copy.bytes().data() + size;
    for (size_t i = 0; i < kRowSlack; ++i) ASSERT_EQ(end[i], std::byte{0});
  }
}

TEST_F(FileCopyTest, StaysAsItIsWhenTheFileIsCutShort) {
  const FileCopy copy(write("file", std::string(1 << 16, 'x')));
  std::filesystem::resize_file(path("file"), 0);
  EXPECT_EQ(text_of(copy), std::string(1 << 16, 'x'));
}

TEST_F(FileCopyTest, WhatIsNoFileIsRefused) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  for (const char* name : {"pipe", "none", "."}) {
    const auto open = [&] { return FileCopy(path(name)).checksum(); };
    EXPECT_EQ(message_of(SystemFault::kNoInput, open).find(path(name) + ": "), 0u);
  }
}

TEST_F(FileCopyTest, AFileWithoutItsBytesIsRefused) {
  // The kernel reports a size for this one and gives none of its bytes.
  const std::string path = "/sys/kernel/uevent_seqnum";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
  const auto open = [&] { return FileCopy(path).checksum(); };
  EXPECT_NE(message_of(ErrorKind::kModel, open).find("while it was read"), std::string::npos);
}

}  // namespace
}  // namespace wordfire
