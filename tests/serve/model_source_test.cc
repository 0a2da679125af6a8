#include "serve/model_source.h"

#include "serve/archive.h"
#include "tests/io/compressed.h"
#include "tests/io/folder_fixture.h"
#include "tests/io/model_bytes.h"
#include "tests/serve/tar_bytes.h"

namespace wordfire::serve {
namespace {

class ModelSourceTest : public FolderTest {
 protected:
  ModelSourceTest() : model_(write("model.bin", ModelBytes::dense().bytes())) {}
  std::string model_;
};

TEST_F(ModelSourceTest, AFolderOrFileIsUsedWhereItLies) {
  EXPECT_EQ(ModelSource(folder()).file(), model_);
  EXPECT_EQ(ModelSource(model_).file(), model_);
}

TEST_F(ModelSourceTest, AnArchiveIsUnpackedForAsLongAsItIsNeeded) {
  const std::string content = ModelBytes::dense().bytes();
  write("m.tar.gz", gzip(TarBytes().add({.name = "model.bin", .content = content}).finished()));
  std::string unpacked;
  {
    const ModelSource source(path("m.tar.gz"));
    unpacked = source.file();
    EXPECT_EQ(read_file(unpacked), content);
    EXPECT_EQ(source.memory_estimate(), ModelSource(model_).memory_estimate());
  }
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(unpacked).parent_path()));
}

TEST_F(ModelSourceTest, TheEstimateCoversFileAndDictionary) {
  const auto size = static_cast<int64_t>(ModelBytes::dense().bytes().size());
  EXPECT_EQ(ModelSource(model_).memory_estimate(), size + 5 * 128);
}

TEST_F(ModelSourceTest, HostileNumbersDoNotMakeTheEstimate) {
  const auto size = static_cast<int64_t>(ModelBytes::dense().bytes().size());
  for (const int32_t entries : {-1, 2'000'000'000}) {
    write("model.bin", ModelBytes::dense().with("size", entries));
    EXPECT_LE(ModelSource(model_).memory_estimate(), 20 * size);
  }
  write("model.bin", "no model");
  EXPECT_EQ(ModelSource(model_).memory_estimate(), 0);
}

TEST_F(ModelSourceTest, AStampChangesWithModelAndManifest) {
  const auto first = stamp_of(folder());
  ASSERT_TRUE(first);
  EXPECT_EQ(stamp_of(folder()), first);
  write("model.manifest.json", "{}");
  const auto second = stamp_of(folder());
  EXPECT_NE(second, first);
  write("new", ModelBytes::dense().bytes());
  std::filesystem::rename(folder() / "new", model_);
  const auto third = stamp_of(folder());
  EXPECT_NE(third, second);
  std::filesystem::remove(model_);
  EXPECT_EQ(stamp_of(folder()), std::nullopt);
}

}  // namespace
}  // namespace wordfire::serve
