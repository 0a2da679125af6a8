#include "io/folder_names.h"

#include <set>

#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

class FolderNames : public FolderTest {
 protected:
  static std::set<std::string> names_in(const std::string& folder) {
    std::set<std::string> names;
    for_each_name(folder, [&](const std::string& name) { names.insert(name); });
    return names;
  }
};

TEST_F(FolderNames, AllAreNamedAndTheFolderItselfIsNot) {
  EXPECT_EQ(names_in(folder()), std::set<std::string>());
  write("a", "");
  write(".hidden", "");
  std::filesystem::create_directory(folder() / "b");
  write("b/inside", "");
  EXPECT_EQ(names_in(folder()), (std::set<std::string>{".hidden", "a", "b"}));
}

TEST_F(FolderNames, WhatIsNoFolderIsNoInput) {
  write("a", "");
  for (const char* name : {"a", "none"}) {
    const auto look = [&] { return names_in(path(name)).size(); };
    EXPECT_EQ(message_of(SystemFault::kNoInput, look).find(path(name) + ": cannot open ("), 0u);
  }
}

TEST_F(FolderNames, RealPathsHaveNoLinks) {
  write("a", "");
  std::filesystem::create_symlink("a", folder() / "link");
  std::filesystem::create_symlink("none", folder() / "broken");
  EXPECT_EQ(real_path(path("./link")), std::filesystem::canonical(folder()).string() + "/a");
  expect_error(SystemFault::kNoInput, [&] { return real_path(path("broken")); });
}

}  // namespace
}  // namespace wordfire
