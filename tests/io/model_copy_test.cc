// load_model_copy(): the model of a server, which outlives its file and is compared byte by byte.
#include <xxhash.h>

#include <cstring>

#include "io/manifest.h"
#include "io/model_file.h"
#include "tests/io/folder_fixture.h"
#include "tests/io/model_bytes.h"

namespace wordfire {
namespace {

class ModelCopyTest : public FolderTest {
 protected:
  ModelCopyTest() : bytes_(ModelBytes::dense().bytes()), path_(write("m.bin", bytes_)) {}

  void describe(const std::string& name, int64_t size, uint64_t checksum) const {
    Manifest manifest;
    manifest.files = {{name, size, checksum}};
    manifest.recipe_json = R"({"lower":true})";
    write_manifest(path("m.manifest.json"), manifest);
  }
  [[nodiscard]] int64_t size() const { return static_cast<int64_t>(bytes_.size()); }
  [[nodiscard]] uint64_t checksum() const { return XXH3_64bits(bytes_.data(), bytes_.size()); }

  std::string bytes_;
  std::string path_;
};

TEST_F(ModelCopyTest, IsTheModelOfTheFile) {
  const CopiedModel copied = load_model_copy(path_);
  const LoadedModel mapped = load_model(path_);
  const RowsView& copy = copied.loaded.model->input.dense;
  const RowsView& view = mapped.model->input.dense;
  ASSERT_EQ(copy.rows, view.rows);
  EXPECT_EQ(std::memcmp(copy.data, view.data, static_cast<size_t>(view.rows * view.stride)), 0);
  EXPECT_EQ(copied.loaded.model->dictionary.text(1), "the");
  EXPECT_EQ(copied.altered, "");
}

TEST_F(ModelCopyTest, OutlivesAFileThatIsCutShort) {
  const CopiedModel copied = load_model_copy(path_);
  std::filesystem::resize_file(path_, 10);
  float value;
  std::memcpy(&value, copied.loaded.model->output.dense.row(1), sizeof(value));
  EXPECT_EQ(value, 100.375f);
}

TEST_F(ModelCopyTest, ItsManifestIsReadWithIt) {
  describe("m.bin", size(), checksum());
  const CopiedModel copied = load_model_copy(path_);
  EXPECT_EQ(copied.altered, "");
  ASSERT_TRUE(copied.loaded.manifest);
  EXPECT_EQ(copied.loaded.manifest->recipe_json, R"({"lower":true})");
}

// Labels would lose the manifest's prefix until the model is loaded again.
TEST_F(ModelCopyTest, AManifestThatCannotBeReadForTheMomentIsNoWarning) {
  describe("m.bin", size(), checksum());
  const auto load = [&](const Error& fault) {
    return load_model_copy(path_, [&](const std::string& path) {
      if (path != path_) throw fault;
      return open_regular_file(path);
    });
  };
  EXPECT_EQ(load(Error::no_input("gone")).loaded.warnings.size(), 1u);
  expect_error(SystemFault::kIo, [&] { return load(Error::io("later")).altered; });
}

TEST_F(ModelCopyTest, EveryAlteredByteIsFound) {
  describe("m.bin", size(), checksum());
  for (size_t i = ModelBytes::dense().at("output values"); i < bytes_.size(); ++i) {
    std::string other = bytes_;
    other[i] = static_cast<char>(other[i] ^ 1);
    write("m.bin", other);
    const std::string altered = load_model_copy(path_).altered;
    ASSERT_EQ(altered.find(path_ + ": XXH3 "), 0u) << "byte " << i << ": " << altered;
  }
}

TEST_F(ModelCopyTest, AnotherSizeIsFound) {
  describe("m.bin", size() + 1, checksum());
  const std::string altered = load_model_copy(path_).altered;
  EXPECT_NE(altered.find("has 312 bytes, want 313"), std::string::npos) << altered;
}

TEST_F(ModelCopyTest, AManifestOfOtherFilesProvesNothing) {
  describe("other.bin", 1, 1);
  EXPECT_EQ(load_model_copy(path_).altered, "");
}

}  // namespace
}  // namespace wordfire
