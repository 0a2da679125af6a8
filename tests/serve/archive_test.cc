// What unpack_archive() takes, and that nothing hostile gets past it.
#include "serve/archive.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "tests/io/compressed.h"
#include "tests/io/folder_fixture.h"
#include "tests/serve/tar_bytes.h"

namespace wordfire::serve {
namespace {

namespace fs = std::filesystem;

class ArchiveTest : public FolderTest {
 protected:
  ArchiveTest() : root_(folder() / "root") { fs::create_directory(root_); }

  void unpack(const std::string& bytes, const ArchiveLimits& limits = {}) const {
    unpack_archive(write("model.tar.gz", bytes), root_, limits);
  }
  std::string refusal(const std::string& bytes, const ArchiveLimits& limits = {}) const {
    return message_of(ErrorKind::kModel, [&] {
      unpack(bytes, limits);
      return 0;
    });
  }
  // Names below the root, sorted; each must be a file or folder without a second name.
  [[nodiscard]] std::vector<std::string> unpacked() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      const fs::file_status status = entry.symlink_status();
      EXPECT_TRUE(fs::is_regular_file(status) || fs::is_directory(status)) << entry.path();
      if (fs::is_regular_file(status)) {
        EXPECT_EQ(fs::hard_link_count(entry), 1u) << entry.path();
      }
      names.push_back(fs::relative(entry.path(), root_));
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  fs::path root_;
};

TEST_F(ArchiveTest, FilesAndFoldersAreUnpacked) {
  const std::string bytes = TarBytes()
                                .add({.name = "./", .type = '5'})
                                .add({.name = "./model.bin", .content = std::string(5000, 'm')})
                                .add({.name = "code/a.py", .content = "x"})
                                .add({.name = "empty"})
                                .finished();
  for (const std::string& packed : {bytes, gzip(bytes)}) {
    fs::remove_all(root_);
    fs::create_directory(root_);
    unpack(packed);
    EXPECT_EQ(unpacked(), (std::vector<std::string>{"code", "code/a.py", "empty", "model.bin"}));
    EXPECT_EQ(read("root/model.bin"), std::string(5000, 'm'));
  }
}

TEST_F(ArchiveTest, WhatTheSystemsTarPacksIsUnpacked) {
  write("model.bin", "content");
  const std::string in_folder = "tar -C " + folder().string() + " ";
  ASSERT_EQ(std::system((in_folder + "-czf " + path("a.tgz") + " ./model.bin").c_str()), 0);
  unpack_archive(path("a.tgz"), root_);
  EXPECT_EQ(read("root/model.bin"), "content");
}

TEST_F(ArchiveTest, ModesOfTheArchiveDoNotMatter) {
  unpack(TarBytes().add({.name = "file", .content = "x", .mode = "0006777"}).finished());
  struct stat status {};
  ASSERT_EQ(::stat((root_ / "file").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u & ~::umask(022));
}

TEST_F(ArchiveTest, NamesOfArchivesAreKnown) {
  for (const char* name : {"model.tar.gz", "/a/m.tgz", "m.tar"}) EXPECT_TRUE(is_archive_name(name));
  for (const char* name : {"model.bin", "tar.gz", "m.gz", ""}) EXPECT_FALSE(is_archive_name(name));
}

TEST_F(ArchiveTest, ErrorsNameArchiveEntryAndRemedy) {
  EXPECT_EQ(refusal(TarBytes().add({.name = "a/../../x"}).finished()),
            path("model.tar.gz") +
                ": entry \"a/../../x\": found \"..\" in the name, want a name"
                " that stays in the folder");
}

TEST_F(ArchiveTest, LimitsAreExact) {
  ArchiveLimits limits{.entries = 2, .bytes = 10};
  TarBytes two = TarBytes().add({.name = "a", .content = "12345"});
  two.add({.name = "b", .content = "12345"});
  EXPECT_NO_THROW(unpack(two.finished(), limits));
  fs::remove_all(root_);
  fs::create_directory(root_);
  limits.bytes = 9;
  EXPECT_NE(refusal(two.finished(), limits).find("5 bytes on top of 5"), std::string::npos);
}

TEST_F(ArchiveTest, NoArchiveIsAnError) {
  const auto open = [&] {
    unpack_archive(path("none"), root_);
    return 0;
  };
  EXPECT_EQ(message_of(SystemFault::kNoInput, open).find(path("none") + ": cannot open"), 0u);
}

// ---- hostile archives -------------------------------------------------------------------------

struct Hostile {
  const char* name;
  // outside: a folder that must stay as it is.
  std::function<std::string(const std::string& outside)> make;
};

std::string one(const TarEntry& entry) { return TarBytes().add(entry).finished(); }

std::string link_then_file(char type, const std::string& target) {
  return TarBytes()
      .add({.name = "link", .type = type, .link = target})
      .add({.name = "link/file", .content = "x"})
      .finished();
}

std::string many_entries() {
  const int count = std::getenv("WORDFIRE_LONG") != nullptr ? 1'000'000 : 20'000;
  const std::string folder_entry = TarBytes().add({.name = "d/", .type = '5'}).unfinished();
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += folder_entry;
  return gzip(bytes);
}

// A file of 100 GB that is one hole, as the system's tar packs it.
std::string hole(const std::string& outside, const std::string& format) {
  const std::string folder = outside + "-hole";
  fs::create_directory(folder);
  std::ofstream file(folder + "/hole");
  file.close();
  fs::resize_file(folder + "/hole", 100'000'000'000);
  const std::string pack = "tar -C " + folder + " -S --format=" + format + " -cf ";
  EXPECT_EQ(std::system((pack + folder + "/hole.tar hole").c_str()), 0);
  std::ostringstream bytes;
  bytes << std::ifstream(folder + "/hole.tar", std::ios::binary).rdbuf();
  fs::remove_all(folder);
  return bytes.str();
}

std::string truncated(std::string bytes, size_t cut) {
  bytes.resize(bytes.size() - cut);
  return bytes;
}

std::string big_model() {
  std::string content(200'000, '\0');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * i >> 3);
  return one({.name = "model.bin", .content = content});
}

const std::vector<Hostile>& hostile_archives() {
  using S = const std::string&;
  static const std::vector<Hostile> all = {
      {"parent", [](S) { return one({.name = "../outside/x", .content = "x"}); }},
      {"parent inside", [](S) { return one({.name = "a/../../outside/x", .content = "x"}); }},
      {"only parent", [](S) { return one({.name = "..", .type = '5'}); }},
      {"parent at the end", [](S) { return one({.name = "a/..", .type = '5'}); }},
      {"absolute", [](S out) { return one({.name = out + "/x", .content = "x"}); }},
      {"two slashes", [](S out) { return one({.name = "/" + out + "/x", .content = "x"}); }},
      {"absolute in pax",
       [](S out) { return TarBytes().add_pax("path", out + "/x").add({.name = "x"}).finished(); }},
      {"parent in pax",
       [](S) { return TarBytes().add_pax("path", "../outside/x").add({.name = "x"}).finished(); }},
      {"symlink", [](S out) { return one({.name = "l", .type = '2', .link = out}); }},
      {"symlink inside", [](S) { return one({.name = "l", .type = '2', .link = "model.bin"}); }},
      {"through a symlink", [](S out) { return link_then_file('2', out); }},
      {"through a relative symlink", [](S) { return link_then_file('2', "../outside"); }},
      {"hard link", [](S out) { return one({.name = "l", .type = '1', .link = out + "/kept"}); }},
      {"hard link with content",
       [](S out) {
         return one({.name = "l", .type = '1', .content = "x", .link = out + "/kept"});
       }},
      {"link in pax",
       [](S out) {
         return TarBytes().add_pax("linkpath", out).add({.name = "l", .type = '2'}).finished();
       }},
      {"character device", [](S) { return one({.name = "null", .type = '3'}); }},
      {"block device", [](S) { return one({.name = "disk", .type = '4'}); }},
      {"FIFO", [](S) { return one({.name = "fifo", .type = '6'}); }},
      {"sparse bomb", [](S out) { return hole(out, "gnu"); }},
      {"sparse bomb in pax", [](S out) { return hole(out, "posix"); }},
      {"negative size",
       [](S) { return one({.name = "x", .size_field = std::string(12, '\xFF')}); }},
      {"size of 8 GB without bytes",
       [](S) { return one({.name = "x", .content = "x", .size = 0x1FFFFFFFF}); }},
      {"bomb", [](S) { return gzip(one({.name = "x", .content = std::string(80 << 20, '\0')})); }},
      {"many entries", [](S) { return many_entries(); }},
      {"same file twice",
       [](S) { return TarBytes().add({.name = "x"}).add({.name = "./x"}).finished(); }},
      {"file as folder",
       [](S) { return TarBytes().add({.name = "x"}).add({.name = "x/y"}).finished(); }},
      {"folder as file",
       [](S) { return TarBytes().add({.name = "x", .type = '5'}).add({.name = "x"}).finished(); }},
      {"not UTF-8", [](S) { return one({.name = "model\xFF.bin"}); }},
      {"not UTF-8 in pax",
       [](S) { return TarBytes().add_pax("path", "\xC3(").add({.name = "x"}).finished(); }},
      {"newline in the name", [](S) { return one({.name = "a\nb"}); }},
      {"escape in the name", [](S) { return one({.name = "\x1B[2J"}); }},
      {"no name", [](S) { return one({.name = ""}); }},
      {"long name",
       [](S) {
         return TarBytes().add_pax("path", std::string(4000, 'n')).add({.name = "x"}).finished();
       }},
      {"long part of a name",
       [](S) {
         return TarBytes().add_pax("path", std::string(300, 'n')).add({.name = "x"}).finished();
       }},
      {"deep folders",
       [](S) {
         std::string name;
         for (int i = 0; i < 40; ++i) name += "d/";
         return one({.name = name, .type = '5'});
       }},
      {"endless header",
       [](S) { return TarBytes().add({.name = "x", .type = 'L', .size = 1 << 30}).finished(); }},
      {"truncated gzip", [](S) { return truncated(gzip(big_model()), 1000); }},
      {"truncated tar", [](S) { return truncated(big_model(), 150'000); }},
      {"damaged gzip",
       [](S) {
         std::string bytes = gzip(big_model());
         for (size_t i = 100; i < bytes.size(); i += 50) bytes[i] = static_cast<char>(~bytes[i]);
         return bytes;
       }},
      {"zip", [](S) { return std::string("PK\3\4") + std::string(600, 'z'); }},
      {"noise", [](S) { return std::string(4096, '\x5A'); }},
      {"empty", [](S) { return std::string(); }},
      {"script in gzip", [](S) { return gzip("#!/bin/sh\necho owned\n"); }},
  };
  return all;
}

class HostileArchive : public ArchiveTest, public testing::WithParamInterface<size_t> {};

TEST_P(HostileArchive, IsRefusedAndTouchesNothing) {
  fs::create_directory(folder() / "outside");
  write("outside/kept", "kept");
  const std::string bytes = hostile_archives()[GetParam()].make(folder() / "outside");
  const std::string message = refusal(bytes);
  EXPECT_EQ(message.find(path("model.tar.gz") + ": "), 0u) << message;
  EXPECT_NE(message.find(", want "), std::string::npos) << message;
  EXPECT_EQ(message.find_first_of("\n\x1B"), std::string::npos) << message;
  EXPECT_EQ(files(), (std::vector<std::string>{"model.tar.gz", "outside", "root"}));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder() / "outside"), {}), 1);
  EXPECT_EQ(read("outside/kept"), "kept");
  EXPECT_EQ(fs::hard_link_count(folder() / "outside/kept"), 1u);
  EXPECT_LE(unpacked().size(), 17u);
}

INSTANTIATE_TEST_SUITE_P(All, HostileArchive, testing::Range<size_t>(0, hostile_archives().size()),
                         [](const auto& info) {
                           std::string name = hostile_archives()[info.param].name;
                           std::replace_if(
                               name.begin(), name.end(),
                               [](unsigned char c) { return !std::isalnum(c); }, '_');
                           return name;
                         });

}  // namespace
}  // namespace wordfire::serve
