#include <array>
#include <cstring>

#include "io/model_file.h"
#include "tests/io/folder_fixture.h"
#include "tests/io/model_bytes.h"

namespace wordfire {
namespace {

class ModelWriterTest : public FolderTest {
 protected:
  void save(const std::string& name, const Model& model, int threads) const {
    AtomicFile file(path(name));
    write_model(file, model.args, model.dictionary, rows_of(model.input.dense),
                rows_of(model.output.dense), threads);
    file.commit();
  }
  // Rows that say which row and column they are.
  static RowSource numbered(int64_t rows, int32_t dim) {
    return {rows, dim, [dim](int64_t first, int64_t count, float* out) {
              for (int64_t i = first * dim; i < (first + count) * dim; ++i) {
                *out++ = static_cast<float>(i);
              }
            }};
  }
};

TEST_F(ModelWriterTest, SaveLoadSaveGivesEqualBytes) {
  const std::string bytes = ModelBytes::dense().bytes();
  const LoadedModel loaded = load_model(write("first.bin", bytes));
  for (const int threads : {1, 3}) {
    save("second.bin", *loaded.model, threads);
    EXPECT_EQ(read("second.bin"), bytes);
  }
}

TEST_F(ModelWriterTest, OldModelsAreSavedInTheNewVersion) {
  const auto model = ModelBytes::dense();
  const LoadedModel loaded = load_model(write("m.bin", model.with("version", int32_t{11})));
  save("new.bin", *loaded.model, 1);
  EXPECT_EQ(read("new.bin"), model.with("maxn", int32_t{0}));
}

TEST_F(ModelWriterTest, RowsOfManyRunsKeepTheirOrder) {
  constexpr int64_t kBuckets = 300'000;
  constexpr int32_t kDim = 33;  // 40 MB: several runs, none of whole pages
  ModelArgs args;
  args.dim = kDim;
  args.bucket = kBuckets;
  const Dictionary dictionary({{"</s>", 1, EntryType::kWord}, {"__label__x", 1, EntryType::kLabel}},
                              2);
  AtomicFile file(path("m.bin"));
  write_model(file, args, dictionary, numbered(kBuckets + 1, kDim), numbered(1, kDim), 4);
  file.commit();
  const LoadedModel loaded = load_model(path("m.bin"));
  const RowsView& input = loaded.model->input.dense;
  ASSERT_EQ(input.rows, kBuckets + 1);
  for (int64_t row = 0; row <= kBuckets; row += 997) {
    std::array<float, kDim> values{};
    std::memcpy(values.data(), input.row(row), sizeof(values));
    ASSERT_EQ(values[kDim - 1], static_cast<float>(row * kDim + kDim - 1));
  }
}

TEST_F(ModelWriterTest, MatricesThatDoNotFitTheDictionaryAreABug) {
  const LoadedModel loaded = load_model(write("m.bin", ModelBytes::dense().bytes()));
  const Model& model = *loaded.model;
  AtomicFile file(path("new.bin"));
  EXPECT_NE(message_of(ErrorKind::kInternal,
                       [&] {
                         write_model(file, model.args, model.dictionary, numbered(6, 3),
                                     numbered(2, 3), 1);
                       })
                .find("does not fit"),
            std::string::npos);
}

}  // namespace
}  // namespace wordfire
