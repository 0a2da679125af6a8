#include "serve/model_folder.h"

#include "serve/model_name.h"
#include "tests/io/folder_fixture.h"

namespace wordfire::serve {
namespace {

namespace fs = std::filesystem;

class ModelFolderTest : public FolderTest {
 protected:
  ModelFolderTest() { fs::create_directory(folder() / "m"); }

  // The name chosen in a folder of these files.
  std::string chosen(const std::vector<std::string>& names) const {
    fs::remove_all(folder() / "m");
    fs::create_directory(folder() / "m");
    for (const std::string& name : names) write("m/" + name, "x");
    return fs::path(find_model_file(path("m"))).filename();
  }
  std::string fault(const std::vector<std::string>& names) const {
    return message_of(SystemFault::kNoInput, [&] { return chosen(names); });
  }
};

TEST_F(ModelFolderTest, TheModelIsFoundBesideWhatElseLiesThere) {
  EXPECT_EQ(chosen({"model.bin"}), "model.bin");
  EXPECT_EQ(chosen({"model.tar.gz", "output.tar.gz", "model.bin", "model.manifest.json"}),
            "model.bin");
  EXPECT_EQ(chosen({"vectors.bin", "vectors.txt", "eval.json"}), "vectors.bin");
  EXPECT_EQ(chosen({"vectors.bin", "model.bin"}), "model.bin");
  EXPECT_EQ(chosen({"model.ftz", "model.bin"}), "model.bin");
  EXPECT_EQ(chosen({"lid.176.ftz", "LICENSE", "._lid.176.bin"}), "lid.176.ftz");
}

TEST_F(ModelFolderTest, AFileStandsForItself) {
  write("m/any.name", "x");
  EXPECT_EQ(find_model_file(path("m/any.name")), path("m/any.name"));
}

TEST_F(ModelFolderTest, FoldersAndBrokenLinksAreNoModels) {
  fs::create_directory(folder() / "m/model.bin");
  fs::create_symlink("nowhere", folder() / "m/vectors.bin");
  write("m/good.bin", "x");
  EXPECT_EQ(find_model_file(path("m")), path("m/good.bin"));
}

TEST_F(ModelFolderTest, NoneOrSeveralAreErrorsThatNameThem) {
  EXPECT_EQ(fault({"a.bin", "b.ftz"}),
            path("m") + ": found a.bin, b.ftz, want one model; call it model.bin");
  EXPECT_EQ(fault({"vectors.txt"}), path("m") + ": found no model, want a .bin or .ftz file in it");
  EXPECT_NE(fault({"model.tar.gz"}).find("; name model.tar.gz itself"), std::string::npos);
  const auto missing = [&] { return find_model_file(path("none")); };
  EXPECT_EQ(message_of(SystemFault::kNoInput, missing).find(path("none") + ": cannot open"), 0u);
}

TEST_F(ModelFolderTest, PathsStayBelowTheirRoot) {
  fs::create_directories(folder() / "models/a/model");
  fs::create_directory(folder() / "models-too");
  fs::create_symlink("../m", folder() / "models/link");
  EXPECT_EQ(resolve_below(path("models"), path("models/a/model")),
            fs::canonical(folder() / "models/a/model"));
  for (const char* name : {"models/..", "models/link", "models-too", "m", "models/a/../../m"}) {
    const auto resolve = [&] { return resolve_below(path("models"), path(name)); };
    EXPECT_NE(message_of(ErrorKind::kUsage, resolve).find("is not below"), std::string::npos);
  }
  const auto missing = [&] { return resolve_below(path("models"), path("models/none")); };
  EXPECT_NE(message_of(SystemFault::kNoInput, missing).find("cannot open"), std::string::npos);
}

TEST_F(ModelFolderTest, FilesAreOpenedBelowTheirRoot) {
  fs::create_directories(folder() / "models/a");
  write("models/a/model.bin", "inside");
  write("outside.bin", "outside");
  fs::create_directory_symlink(folder() / "models", folder() / "linked");
  fs::create_symlink(folder() / "models/a/model.bin", folder() / "models/inside.bin");
  for (const char* root : {"models", "linked"}) {
    const OpenFile open = opening_below(path(root));
    for (const char* name : {"models/a/model.bin", "linked/a/model.bin", "models/inside.bin"}) {
      EXPECT_EQ(open(path(name)).size, 6u) << name;
    }
    expect_error(SystemFault::kNoInput, [&] { return open(path("models/none")).size; });
  }
}

TEST_F(ModelFolderTest, NoLinkOpensAFileElsewhere) {
  fs::create_directories(folder() / "models/a");
  fs::create_directory(folder() / "models-too");
  write("models-too/model.bin", "outside");
  fs::create_symlink("../models-too/model.bin", folder() / "models/model.bin");
  fs::create_directory_symlink("../models-too", folder() / "models/link");
  const OpenFile open = opening_below(path("models"));
  for (const char* name : {"models/model.bin", "models/link/model.bin", "models-too/model.bin",
                           "models/../models-too/model.bin"}) {
    const auto opened = [&] { return open(path(name)).size; };
    EXPECT_NE(message_of(ErrorKind::kUsage, opened).find("is not below"), std::string::npos)
        << name;
  }
}

TEST(ModelName, CannotLeaveItsFolder) {
  for (const char* name : {"a", "model-1.2_x", "...", "A.tar.gz"}) {
    EXPECT_TRUE(is_model_name(name)) << name;
  }
  for (const std::string name :
       {"", ".", "..", "a/b", "../x", "a\\b", "a b", "%2e", "caf\xC3\xA9"}) {
    EXPECT_FALSE(is_model_name(name)) << name;
  }
  EXPECT_FALSE(is_model_name(std::string_view("a\0b", 3)));
  EXPECT_TRUE(is_model_name(std::string(128, 'n')));
  EXPECT_FALSE(is_model_name(std::string(129, 'n')));
}

}  // namespace
}  // namespace wordfire::serve
