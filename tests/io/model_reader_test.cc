#include <sys/stat.h>

#include <cstring>

#include "io/manifest.h"
#include "io/model_file.h"
#include "tests/io/folder_fixture.h"
#include "tests/io/model_bytes.h"

namespace wordfire {
namespace {

class ModelReaderTest : public FolderTest {
 protected:
  LoadedModel load(const std::string& bytes) const { return load_model(write("m.bin", bytes)); }
};

float value_at(const RowsView& rows, int64_t row, int32_t column) {
  float value;
  std::memcpy(&value, rows.row(row) + column * sizeof(float), sizeof(value));
  return value;
}

TEST_F(ModelReaderTest, ArgsAreThoseOfTheFile) {
  const LoadedModel loaded = load(ModelBytes::dense().with("minCount", int32_t{-7}));
  const ModelArgs& args = loaded.model->args;
  EXPECT_EQ(args.dim, 3);
  EXPECT_EQ(args.min_count, -7);
  EXPECT_EQ(args.word_ngrams, 2);
  EXPECT_EQ(args.loss, LossKind::kSoftmax);
  EXPECT_EQ(args.model, ModelKind::kSupervised);
  EXPECT_EQ(args.bucket, 4);
  EXPECT_EQ(args.maxn, 4);
  EXPECT_EQ(args.t, 1e-4);
  EXPECT_TRUE(loaded.warnings.empty());
}

TEST_F(ModelReaderTest, DictionaryIsThatOfTheFile) {
  const LoadedModel loaded = load(ModelBytes::dense().bytes());
  const Dictionary& dictionary = loaded.model->dictionary;
  EXPECT_EQ(dictionary.nwords(), 3);
  EXPECT_EQ(dictionary.nlabels(), 2);
  EXPECT_EQ(dictionary.ntokens(), 77);
  EXPECT_EQ(dictionary.text(1), "the");
  EXPECT_EQ(dictionary.count(1), 9);
  EXPECT_EQ(dictionary.label(1), "__label__b");
  EXPECT_EQ(dictionary.bucket_row(2), 5);
}

TEST_F(ModelReaderTest, DenseRowsLieInTheFileWithSlackBehind) {
  const LoadedModel loaded = load(ModelBytes::dense().bytes());
  const RowsView& output = loaded.model->output.dense;
  ASSERT_EQ(output.rows, 2);
  EXPECT_EQ(value_at(loaded.model->input.dense, 6, 2), 2.5f);
  EXPECT_EQ(value_at(output, 1, 2), 100.625f);
  const std::byte* const end = output.row(2);
  for (size_t i = 0; i < kRowSlack; ++i) EXPECT_EQ(end[i], std::byte{0});
}

TEST_F(ModelReaderTest, SlackIsThereWhenTheFileFillsItsLastPage) {
  const auto model = ModelBytes::dense();
  const size_t page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  // A longer word moves the end of the file to the end of a page.
  std::string bytes = model.bytes();
  bytes.insert(model.at("text 1"), std::string(page - bytes.size() % page, 'w'));
  const LoadedModel loaded = load(bytes);
  ASSERT_EQ(bytes.size() % page, 0u);
  EXPECT_EQ(loaded.model->output.dense.row(2)[kRowSlack - 1], std::byte{0});
}

TEST_F(ModelReaderTest, QuantizedRowsAreCentroidsTimesNorm) {
  const LoadedModel loaded = load(ModelBytes::quantized().bytes());
  const QuantizedMatrix& input = *loaded.model->input.quantized;
  ASSERT_EQ(input.rows, 5);
  EXPECT_EQ(input.codes[3], 111);
  // Row 1: codes 74 and 111, of 512 and 256 values; norm code 91.
  std::vector<float> row(3);
  input.add_row(1, 1.0f, row.data());
  const float norm = 91.0f / 16;
  EXPECT_EQ(row, (std::vector<float>{norm * 148 / 16, norm * 149 / 16, norm * (512 + 111) / 16}));
  const Dictionary& dictionary = loaded.model->dictionary;
  EXPECT_EQ(dictionary.bucket_row(3), 4);
  EXPECT_EQ(dictionary.bucket_row(0), 3);
  EXPECT_EQ(dictionary.bucket_row(1), -1);
}

TEST_F(ModelReaderTest, DenseOutputBesideAQuantizedInput) {
  const auto dense = ModelBytes::dense();
  const auto quantized = ModelBytes::quantized();
  std::string bytes = quantized.bytes().substr(0, quantized.at("output quantised"));
  bytes += dense.bytes().substr(dense.at("output quantised"));
  const LoadedModel loaded = load(bytes);
  EXPECT_TRUE(loaded.model->input.quantized);
  EXPECT_EQ(value_at(loaded.model->output.dense, 0, 0), 100.0f);
}

TEST_F(ModelReaderTest, OldSupervisedModelsHaveNoCharacterNgrams) {
  EXPECT_EQ(load(ModelBytes::dense().with("version", int32_t{11})).model->args.maxn, 0);
}

TEST_F(ModelReaderTest, WordVectorsHaveAnOutputRowForEachWord) {
  // As many output rows as there are labels do not fit words.
  const auto model = ModelBytes::dense();
  const std::string bytes = model.with("model", int32_t{2});
  const std::string wanted = "field rows of output matrix at byte " +
                             std::to_string(model.at("output rows")) + ": found 2, want 3";
  const std::string message = message_of(ErrorKind::kModel, [&] { return load(bytes); });
  EXPECT_EQ(message, path("m.bin") + ": " + wanted);
}

TEST_F(ModelReaderTest, WhatIsNotAFileIsNoInput) {
  EXPECT_EQ(message_of(SystemFault::kNoInput, [&] { return load_model(path("none")); }),
            path("none") + ": cannot open (No such file or directory)");
  EXPECT_EQ(message_of(SystemFault::kNoInput, [&] { return load_model(folder().string()); }),
            folder().string() + ": is a directory, want a file");
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_NE(message_of(SystemFault::kNoInput, [&] { return load_model(path("pipe")); })
                .find("is not a regular file"),
            std::string::npos);
}

TEST_F(ModelReaderTest, ManifestGivesTheLabelPrefix) {
  const auto size = static_cast<int64_t>(ModelBytes::dense().bytes().size());
  Manifest manifest;
  manifest.label_prefix = "__lab";
  manifest.files = {{"m.bin", size, 0}};
  write_manifest(path("m.manifest.json"), manifest);
  const LoadedModel loaded = load(ModelBytes::dense().bytes());
  EXPECT_EQ(loaded.model->label_prefix, "__lab");
  EXPECT_TRUE(loaded.warnings.empty());
}

TEST_F(ModelReaderTest, ManifestOfAnotherModelIsAWarning) {
  Manifest manifest;
  manifest.label_prefix = "#";
  manifest.files = {{"m.bin", 5, 0}};
  write_manifest(path("m.manifest.json"), manifest);
  const LoadedModel loaded = load(ModelBytes::dense().bytes());
  EXPECT_EQ(loaded.model->label_prefix, "__label__");
  EXPECT_EQ(loaded.warnings.size(), 2u);
}

TEST_F(ModelReaderTest, UnusableManifestIsAWarning) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ": not JSON: it is empty"},
      {"{", ": not JSON: parse error at line 1, column 2"},
      {"[1]", ": found "},
      {"{\"manifest_version\": 99}", ": manifest_version: found "},
  };
  for (const auto& [text, fault] : cases) {
    write("m.manifest.json", text);
    const LoadedModel loaded = load(ModelBytes::dense().bytes());
    ASSERT_EQ(loaded.warnings.size(), 1u) << text;
    EXPECT_TRUE(loaded.warnings[0].starts_with(path("m.manifest.json") + fault))
        << loaded.warnings[0];
  }
}

}  // namespace
}  // namespace wordfire
