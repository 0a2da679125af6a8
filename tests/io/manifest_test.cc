#include "io/manifest.h"

#include <xxhash.h>

#include <limits>

#include "tests/io/folder_fixture.h"
#include "tests/io/model_bytes.h"

namespace wordfire {
namespace {

class ManifestTest : public FolderTest {
 protected:
  static Manifest sample() {
    Manifest manifest;
    manifest.program_version = "1.2.3";
    manifest.label_prefix = "#";
    manifest.files = {{"m.bin", 400, 0xFEDCBA9876543210}, {"m.vec", 0, 1}};
    manifest.options_json = R"({"dim":10,"lr":0.5})";
    manifest.recipe_json = R"({"lower":true})";
    manifest.metrics_json = R"({"P@1":0.9})";
    return manifest;
  }
  std::string fault(const std::string& text) const {
    const std::string file = write("bad.manifest.json", text);
    return message_of(ErrorKind::kModel, [&] { return read_manifest(file); });
  }
  // A whole model with its manifest; returns the path of the model.
  std::string save_model(const std::string& bytes) const {
    Manifest manifest;
    manifest.files = {
        {"m.bin", static_cast<int64_t>(bytes.size()), XXH3_64bits(bytes.data(), bytes.size())}};
    write_manifest(path("m.manifest.json"), manifest);
    return write("m.bin", bytes);
  }
};

TEST_F(ManifestTest, StandsBesideTheModel) {
  EXPECT_EQ(manifest_path("dir/name.bin"), "dir/name.manifest.json");
  EXPECT_EQ(manifest_path("name.v2.ftz"), "name.v2.manifest.json");
  EXPECT_EQ(manifest_path("dir.bin/name"), "dir.bin/name.manifest.json");
  EXPECT_EQ(manifest_path("name.bin.bin"), "name.bin.manifest.json");
}

TEST_F(ManifestTest, WhatIsWrittenIsRead) {
  const Manifest wanted = sample();
  write_manifest(path("m.manifest.json"), wanted);
  const auto manifest = read_manifest(path("m.manifest.json"));
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->program_version, wanted.program_version);
  EXPECT_EQ(manifest->label_prefix, wanted.label_prefix);
  ASSERT_EQ(manifest->files.size(), 2u);
  EXPECT_EQ(manifest->files[0].name, "m.bin");
  EXPECT_EQ(manifest->files[0].bytes, 400);
  EXPECT_EQ(manifest->files[0].xxh3, 0xFEDCBA9876543210);
  EXPECT_EQ(manifest->options_json, wanted.options_json);
  EXPECT_EQ(manifest->recipe_json, wanted.recipe_json);
  EXPECT_EQ(manifest->metrics_json, wanted.metrics_json);
}

TEST_F(ManifestTest, NoManifestAndNoRecipeAreNoErrors) {
  EXPECT_EQ(read_manifest(path("none")), std::nullopt);
  Manifest manifest = sample();
  manifest.recipe_json.clear();
  write_manifest(path("m.manifest.json"), manifest);
  EXPECT_EQ(read_manifest(path("m.manifest.json"))->recipe_json, "");
}

TEST_F(ManifestTest, WhatIsNoManifestIsRefused) {
  write_manifest(path("good"), sample());
  const std::string good = read("good");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& text :
       {std::string(), std::string("null"), std::string(100'000, '['),
        good.substr(0, good.size() / 2), with(R"(version": 1)", R"(version": 2)"),
        with("m.vec", "../m.vec"), with("m.vec", ".."), with(R"("m.vec")", "5"),
        with("fedcba", "xedcba"), with("[", R"(5, "x": [)"), with("recipe", "r")}) {
    EXPECT_NE(fault(text).find("bad.manifest.json: found "), std::string::npos) << text;
  }
}

TEST_F(ManifestTest, SoundModelIsVerified) {
  const Verification verification = verify_model(save_model(ModelBytes::dense().bytes()));
  EXPECT_TRUE(verification.complete);
  EXPECT_TRUE(verification.findings.empty());
}

TEST_F(ManifestTest, WithoutManifestVerificationIsIncomplete) {
  const Verification verification = verify_model(write("m.bin", ModelBytes::quantized().bytes()));
  EXPECT_FALSE(verification.complete);
  EXPECT_TRUE(verification.findings.empty());
}

TEST_F(ManifestTest, EveryAlteredByteIsFound) {
  const std::string bytes = ModelBytes::dense().bytes();
  const std::string file = save_model(bytes);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string altered = bytes;
    altered[i] = static_cast<char>(altered[i] ^ (1 << i % 8));
    write("m.bin", altered);
    EXPECT_FALSE(verify_model(file).findings.empty()) << i;
  }
}

TEST_F(ManifestTest, OtherSizesAreFoundAndMissingFilesWarnedOf) {
  const std::string bytes = ModelBytes::dense().bytes();
  Manifest manifest;
  manifest.files = {{"m.bin", 5, 0}, {"m.vec", 5, 0}};
  write_manifest(path("m.manifest.json"), manifest);
  const Verification verification = verify_model(write("m.bin", bytes));
  ASSERT_EQ(verification.findings.size(), 1u);
  EXPECT_NE(verification.findings[0].find("bytes, the manifest says 5"), std::string::npos);
  ASSERT_EQ(verification.warnings.size(), 1u);
  EXPECT_NE(verification.warnings[0].find("m.vec: cannot open"), std::string::npos);
}

TEST_F(ManifestTest, ManifestOfAnotherModelIsAWarning) {
  save_model(ModelBytes::dense().bytes());
  write("m.ftz", ModelBytes::quantized().bytes());
  const Verification verification = verify_model(path("m.ftz"));
  EXPECT_FALSE(verification.complete);
  EXPECT_TRUE(verification.findings.empty());
  ASSERT_EQ(verification.warnings.size(), 1u);
  EXPECT_NE(verification.warnings[0].find("m.ftz: its manifest is of another model"),
            std::string::npos);
}

TEST_F(ManifestTest, ModelByAnotherNameIsComparedAllTheSame) {
  const std::string model = save_model(ModelBytes::dense().bytes());
  std::filesystem::rename(model, path("n.bin"));
  std::filesystem::rename(manifest_path(model), path("n.manifest.json"));
  EXPECT_TRUE(verify_model(path("n.bin")).complete);
}

TEST_F(ManifestTest, ManifestThatCannotBeReadIsAWarning) {
  const std::string model = save_model(ModelBytes::dense().bytes());
  write("m.manifest.json", "{");
  const Verification verification = verify_model(model);
  EXPECT_FALSE(verification.complete);
  EXPECT_TRUE(verification.findings.empty());
  EXPECT_EQ(verification.warnings.size(), 1u);
}

TEST_F(ManifestTest, ValuesThatAreNotFiniteAreFound) {
  const auto dense = ModelBytes::dense();
  const auto quantized = ModelBytes::quantized();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const std::string& bytes :
       {dense.with("input values", nan), dense.with("output values", -infinity),
        quantized.with("input centroids", infinity),
        quantized.with("output norms centroids", nan)}) {
    const Verification verification = verify_model(write("m.bin", bytes));
    ASSERT_EQ(verification.findings.size(), 1u);
    EXPECT_NE(verification.findings[0].find("not finite"), std::string::npos);
  }
}

TEST_F(ManifestTest, ModelThatIsNotThereIsNoInput) {
  EXPECT_NE(message_of(SystemFault::kNoInput, [&] { return verify_model(path("x")); }), "no error");
}

}  // namespace
}  // namespace wordfire
