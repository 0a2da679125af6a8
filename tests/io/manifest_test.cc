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
  // What fault() says where `what` is wrong.
  std::string refusal(const std::string& what) const {
    return path("bad.manifest.json") + ": " + what + "; remove the file if the model is good";
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

TEST_F(ManifestTest, AWrongValueIsNamedByItsKey) {
  const auto found = [&](const std::string& from, const std::string& to) {
    std::string text = manifest_text(sample());
    return fault(text.replace(text.find(from), from.size(), to));
  };
  EXPECT_EQ(found(R"(version": 1)", R"(version": 2)"),
            refusal("manifest_version: found 2, want 1"));
  EXPECT_EQ(found("m.vec", "../m.vec"),
            refusal(R"(files[1].name: found "../m.vec", want a file name without folder)"));
  EXPECT_EQ(found("m.vec", ".."),
            refusal(R"(files[1].name: found "..", want a file name without folder)"));
  EXPECT_EQ(found(R"("m.vec")", "5"), refusal("files[1].name: found 5, want a string"));
  EXPECT_EQ(found("400", "-1"), refusal("files[0].bytes: found -1, want at least 0"));
  EXPECT_EQ(found("400", "0.5"), refusal("files[0].bytes: found 0.5, want an integer"));
  EXPECT_EQ(found("400", "9223372036854775808"),
            refusal("files[0].bytes: found 9223372036854775808, want an integer of at most "
                    "9223372036854775807"));
  EXPECT_EQ(found("fedcba", "xedcba"),
            refusal(R"(files[0].xxh3: found "xedcba9876543210", want 16 hexadecimal digits)"));
  EXPECT_EQ(found("[", R"(5, "x": [)"), refusal("files: found 5, want a list"));
  EXPECT_EQ(found("\"recipe", "\"r"), refusal("recipe: found no such key, want a value"));
}

TEST_F(ManifestTest, WhatIsNotJsonIsSaidByItsPlace) {
  const std::string good = manifest_text(sample());
  EXPECT_EQ(fault(""), refusal("not JSON: it is empty"));
  EXPECT_EQ(fault("\xEF\xBB\xBF" + good),
            refusal("not JSON: it begins with a byte order mark; take that away"));
  EXPECT_EQ(fault("{\n  \"program\": \"\xFF\"}"),
            refusal("not JSON: line 2, column 15: byte 0xff is not UTF-8"));
  EXPECT_EQ(fault("{\n\n \"n\": [1, \"999999999999999999999\", 999999999999999999999]}"),
            refusal("not JSON: line 3, column 36: the number \"999999999999999999999\" is too "
                    "large; want one of 64 bits"));
  EXPECT_NE(fault("[-1.5,\n1e999]").find("line 2, column 1: the number \"1e999\""),
            std::string::npos);
  EXPECT_NE(
      fault(good.substr(0, good.find("400") + 1)).find("not JSON: parse error at line 9, column"),
      std::string::npos);
  EXPECT_NE(fault("[\"" + std::string(100'000, 'x')).find("last read: \"\"xxx"), std::string::npos);
  EXPECT_LT(fault("[\"" + std::string(100'000, 'x')).size(), 400u);
  EXPECT_EQ(fault("null"), refusal("found null, want an object"));
  EXPECT_EQ(fault(std::string(1000, '[') + std::string(1000, ']')),
            refusal("found deeply nested JSON, want at most 64 levels"));
}

TEST_F(ManifestTest, AFolderIsNoManifest) {
  std::filesystem::create_directory(path("m.manifest.json"));
  EXPECT_EQ(
      message_of(SystemFault::kNoInput, [&] { return read_manifest(path("m.manifest.json")); }),
      path("m.manifest.json") + ": is a directory, want a file");
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
