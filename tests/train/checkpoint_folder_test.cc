#include "train/checkpoint_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

class CheckpointFiles : public FolderTest {
 protected:
  std::string checkpoint(const std::string& number) {
    return write("wordfire-0-" + number + ".checkpoint", "x");
  }
};

TEST_F(CheckpointFiles, TheFolderIsMade) {
  const CheckpointFolder folder(path("a/b"));
  EXPECT_TRUE(folder.files().empty());
  EXPECT_EQ(folder.next(), path("a/b/wordfire-0-000001.checkpoint"));
}

TEST_F(CheckpointFiles, TheNewestComesFirst) {
  const std::vector<std::string> files = {checkpoint("1000000"), checkpoint("000010"),
                                          checkpoint("9")};
  const CheckpointFolder folder(this->folder());
  EXPECT_EQ(folder.files(), files);
  EXPECT_EQ(folder.next(), path("wordfire-0-1000001.checkpoint"));
  EXPECT_EQ(folder.bytes(), 3);
}

TEST_F(CheckpointFiles, OtherFilesAreLeftAlone) {
  const std::vector<std::string> others = {"wordfire-0-.checkpoint",
                                           "wordfire-0--1.checkpoint",
                                           "wordfire-1-1.checkpoint",
                                           "wordfire-0-1.checkpoint~",
                                           "wordfire-0-99999999999999999999.checkpoint",
                                           "model.bin"};
  for (const std::string& name : others) write(name, "");
  const CheckpointFolder folder(this->folder());
  EXPECT_TRUE(folder.files().empty());
  folder.keep(0, {});
  EXPECT_EQ(files().size(), others.size());
}

TEST_F(CheckpointFiles, WhatIsNoFileIsPassedOver) {
  std::filesystem::create_directory(path("wordfire-0-7.checkpoint"));
  std::filesystem::create_symlink("nowhere", path("wordfire-0-8.checkpoint"));
  ASSERT_EQ(::mkfifo(path("wordfire-0-9.checkpoint").c_str(), 0600), 0);
  EXPECT_TRUE(CheckpointFolder(folder()).files().empty());
}

TEST_F(CheckpointFiles, DamagedOnesDoNotCountAmongThoseThatAreKept) {
  const std::string oldest = checkpoint("1");
  const std::string old = checkpoint("2");
  const std::string damaged = checkpoint("3");
  const std::string newest = checkpoint("4");
  const CheckpointFolder folder(this->folder());
  folder.keep(2, {damaged});
  EXPECT_EQ(folder.files(), (std::vector<std::string>{newest, old}));
}

TEST_F(CheckpointFiles, AnotherRunIsKeptOutUntilThisOneEnds) {
  {
    const CheckpointFolder mine(folder());
    EXPECT_NE(message_of(ErrorKind::kUsage, [&] { return CheckpointFolder(folder()).bytes(); }),
              "no error");
  }
  EXPECT_EQ(CheckpointFolder(folder()).bytes(), 0);
}

}  // namespace
}  // namespace wordfire
