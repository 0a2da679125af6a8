#include "io/atomic_file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <csignal>

#include "io/file_descriptor.h"
#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

using Names = std::vector<std::string>;

class AtomicFileTest : public FolderTest {
 protected:
  void save(const std::string& name, std::string_view text) const {
    AtomicFile file(path(name));
    file.write(text);
    file.commit();
  }
};

// While it lives, files cannot grow over a limit: as a full disk, but nothing needs to be mounted.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(AtomicFileTest, FileAppearsWithCommitAlone) {
  AtomicFile file(path("out"));
  file.write("text");
  EXPECT_FALSE(std::filesystem::exists(path("out")));
  file.commit();
  EXPECT_EQ(read("out"), "text");
  EXPECT_EQ(files(), Names{"out"});
}

TEST_F(AtomicFileTest, OlderFileIsReplacedWhole) {
  save("out", std::string(5000, 'a'));
  save("out", "b");
  EXPECT_EQ(read("out"), "b");
  EXPECT_EQ(files(), Names{"out"});
}

TEST_F(AtomicFileTest, WithoutCommitNothingChanges) {
  save("out", "older");
  {
    AtomicFile file(path("out"));
    file.write("newer");
  }
  EXPECT_EQ(read("out"), "older");
  EXPECT_EQ(files(), Names{"out"});
}

TEST_F(AtomicFileTest, BytesOfAllSizesKeepTheirOrder) {
  std::string all;
  AtomicFile file(path("out"));
  for (const size_t size : {0u, 1u, 1'000'000u, 100'000u, 3'000'000u, 5u, 1'048'576u, 1'048'575u}) {
    const std::string part(size, static_cast<char>('a' + all.size() % 26));
    file.write(part);
    all += part;
  }
  file.commit();
  EXPECT_EQ(read("out"), all);
  EXPECT_EQ(file.bytes_written(), static_cast<int64_t>(all.size()));
  EXPECT_EQ(file.checksum(), XXH3_64bits(all.data(), all.size()));
}

TEST_F(AtomicFileTest, ValuesAreWrittenAsInMemory) {
  AtomicFile file(path("out"));
  file.write_value(int32_t{258});
  file.write_value('\0');
  file.commit();
  EXPECT_EQ(read("out"), std::string("\x02\x01\x00\x00\x00", 5));
}

TEST_F(AtomicFileTest, FullDiskKeepsTheOlderFile) {
  save("out", "older");
  for (const size_t size : {size_t{5000}, size_t{3} << 20}) {
    const FileSizeLimit limit(4096);
    const std::string message =
        message_of(SystemFault::kIo, [&] { save("out", std::string(size, 'x')); });
    EXPECT_EQ(
        message,
        path("out") + ": writing failed (File too large); what stood there before is unchanged");
    EXPECT_EQ(files(), Names{"out"});
  }
  EXPECT_EQ(read("out"), "older");
}

TEST_F(AtomicFileTest, TargetsThatAreNoFilesAreRefused) {
  std::filesystem::create_directory(path("folder"));
  EXPECT_EQ(message_of(SystemFault::kCannotCreate, [&] { AtomicFile file(path("folder")); }),
            path("folder") + ": cannot create this file (it is a directory)");
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_NE(message_of(SystemFault::kCannotCreate, [&] { AtomicFile file(path("pipe")); }),
            "no error");
  EXPECT_NE(message_of(SystemFault::kCannotCreate, [&] { AtomicFile file(""); }), "no error");
  EXPECT_EQ(files(), (Names{"folder", "pipe"}));
}

TEST_F(AtomicFileTest, MissingFolderIsRefused) {
  EXPECT_EQ(message_of(SystemFault::kCannotCreate, [&] { AtomicFile file(path("none/out")); }),
            path("none/out") + ": cannot create this file (No such file or directory)");
}

TEST_F(AtomicFileTest, ReadOnlyFolderIsRefused) {
  ASSERT_EQ(::chmod(folder().c_str(), 0555), 0);
  constexpr uid_t kNobody = 65534;
  const uid_t user = ::geteuid();
  ASSERT_EQ(user == 0 ? ::seteuid(kNobody) : 0, 0);  // root may write everywhere
  const std::string message =
      message_of(SystemFault::kCannotCreate, [&] { AtomicFile file(path("out")); });
  ASSERT_EQ(::seteuid(user), 0);
  EXPECT_EQ(message, path("out") + ": cannot create this file (Permission denied)");
  ::chmod(folder().c_str(), 0755);
}

TEST_F(AtomicFileTest, LinkStaysALink) {
  save("target", "older");
  std::filesystem::create_symlink("target", path("link"));
  save("link", "newer");
  EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
  EXPECT_EQ(read("target"), "newer");
}

TEST_F(AtomicFileTest, LinkToNothingStaysALink) {
  std::filesystem::create_symlink("target", path("link"));
  save("link", "text");
  EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
  EXPECT_EQ(read("target"), "text");
}

TEST_F(AtomicFileTest, LinksInACircleAreRefused) {
  std::filesystem::create_symlink("b", path("a"));
  std::filesystem::create_symlink("a", path("b"));
  EXPECT_NE(message_of(SystemFault::kCannotCreate, [&] { AtomicFile file(path("a")); }),
            "no error");
}

TEST_F(AtomicFileTest, ModeOfTheOlderFileIsKept) {
  save("out", "older");
  ASSERT_EQ(::chmod(path("out").c_str(), 0600), 0);
  save("out", "newer");
  struct stat status {};
  ASSERT_EQ(::stat(path("out").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(AtomicFileTest, NothingHasANameBeforeCommit) {
  const FileDescriptor unnamed(::open(folder().c_str(), O_TMPFILE | O_WRONLY, 0600));
  if (!unnamed.is_open()) GTEST_SKIP() << "a file system without unnamed files";
  AtomicFile file(path("out"));
  file.write(std::string(3 << 20, 'x'));
  EXPECT_EQ(files(), Names{});
}

TEST_F(AtomicFileTest, NamesThatAreTakenAreLeftAlone) {
  const std::string start = ".wordfire-" + std::to_string(::getpid()) + "-0";
  save("out", "older");
  write(start + ".tmp", "of another");
  write(start + ".old", "of another");
  save("out", "newer");
  EXPECT_EQ(read("out"), "newer");
  EXPECT_EQ(read(start + ".tmp") + read(start + ".old"), "of anotherof another");
  EXPECT_EQ(files().size(), 3u);
}

TEST_F(AtomicFileTest, NameThatIsTooLongIsRefusedAtOnce) {
  const std::string name(300, 'n');
  EXPECT_EQ(message_of(SystemFault::kCannotCreate, [&] { AtomicFile file(path(name)); }),
            path(name) + ": cannot create this file (File name too long)");
}

TEST_F(AtomicFileTest, NameOfTheGreatestLengthIsWritten) {
  const std::string name(255, 'n');
  save(name, "text");
  EXPECT_EQ(read(name), "text");
}

TEST_F(AtomicFileTest, TwoAtOnceDoNotDisturbEachOther) {
  AtomicFile first(path("first"));
  AtomicFile second(path("second"));
  first.write("1");
  second.write("2");
  first.commit();
  second.commit();
  EXPECT_EQ(read("first") + read("second"), "12");
}

TEST_F(AtomicFileTest, FailedRenameKeepsWhatIsThere) {
  AtomicFile file(path("out"));
  file.write("text");
  std::filesystem::create_directory(path("out"));
  EXPECT_NE(message_of(SystemFault::kIo, [&] { file.commit(); }).find("renaming failed"),
            std::string::npos);
  EXPECT_TRUE(std::filesystem::is_directory(path("out")));
}

TEST_F(AtomicFileTest, FilesThatBelongTogetherAppearTogether) {
  AtomicFile first(path("first"));
  AtomicFile second(path("second"));
  first.write("1");
  second.write("2");
  AtomicFile* const both[] = {&first, &second};
  AtomicFile::commit_all(both);
  EXPECT_EQ(read("first") + read("second"), "12");
  EXPECT_EQ(files(), (Names{"first", "second"}));
}

TEST_F(AtomicFileTest, WhereOneFailsTheOthersGoBack) {
  save("first", "older");
  AtomicFile first(path("first"));
  AtomicFile second(path("second"));
  AtomicFile third(path("third"));
  first.write("newer");
  std::filesystem::create_directory(path("third"));
  AtomicFile* const all[] = {&first, &second, &third};
  expect_error(SystemFault::kIo, [&] {
    AtomicFile::commit_all(all);
    return 0;
  });
  EXPECT_EQ(read("first"), "older");
  EXPECT_FALSE(std::filesystem::exists(path("second")));
}

}  // namespace
}  // namespace wordfire
