// Every field that a model file can lie about, one at a time.
#include <cstring>
#include <limits>

#include "io/model_file.h"
#include "tests/io/folder_fixture.h"
#include "tests/io/model_bytes.h"
#include "tests/io/peak_memory.h"

namespace wordfire {
namespace {

constexpr int32_t kMost32 = std::numeric_limits<int32_t>::max();
constexpr int32_t kLeast32 = std::numeric_limits<int32_t>::min();
constexpr int64_t kMost64 = std::numeric_limits<int64_t>::max();
constexpr int64_t kLeast64 = std::numeric_limits<int64_t>::min();

class ModelDamageTest : public FolderTest {
 protected:
  // What loading says, without the path.
  std::string message(const std::string& bytes) const {
    const std::string file = write("m.bin", bytes);
    const std::string text = message_of(ErrorKind::kModel, [&] { return load_model(file); });
    return text.starts_with(file + ": ") ? text.substr(file.size() + 2) : "no path: " + text;
  }

  // A value of `field` must be refused in a message that names `name` and where the field stands.
  template <typename T>
  void refused(const ModelBytes& model, const std::string& field, T value, std::string name = "") {
    if (name.empty()) name = field;
    const std::string wanted = "field " + name + " at byte " + std::to_string(model.at(field));
    const std::string found = message(model.with(field, value));
    EXPECT_EQ(found.substr(0, wanted.size()), wanted) << found;
  }

  const ModelBytes dense = ModelBytes::dense();
  const ModelBytes quantized = ModelBytes::quantized();
};

TEST_F(ModelDamageTest, WholeFilesAreGood) {
  EXPECT_EQ(load_model(write("m.bin", dense.bytes())).model->input.rows(), 7);
  EXPECT_EQ(load_model(write("m.bin", quantized.bytes())).model->input.rows(), 5);
}

TEST_F(ModelDamageTest, FileCutAnywhereIsRefused) {
  for (const ModelBytes& model : {dense, quantized}) {
    for (size_t size = 0; size < model.bytes().size(); ++size) {
      const std::string found = message(model.bytes().substr(0, size));
      ASSERT_EQ(found.substr(0, 6), "field ") << size << ": " << found;
    }
  }
}

TEST_F(ModelDamageTest, BytesBehindTheEndAreRefused) {
  EXPECT_EQ(message(dense.bytes() + 'x'),
            "field end of file at byte " + std::to_string(dense.bytes().size()) +
                ": found 1 more bytes, want none behind the output matrix");
  EXPECT_NE(message(quantized.bytes() + quantized.bytes()).find("end of file"), std::string::npos);
}

TEST_F(ModelDamageTest, MagicAndVersion) {
  EXPECT_EQ(
      message(dense.with("magic", uint32_t{0x12345678})),
      "field magic at byte 0: found 0x12345678, want 0x2f4f16ba; is this a model of fastText's "
      "format?");
  EXPECT_EQ(message(dense.with("version", int32_t{13})),
            "field version at byte 4: found 13, want 11 to 12");
  refused(dense, "version", int32_t{10});
}

TEST_F(ModelDamageTest, ArgsOutOfRange) {
  for (const int32_t dim : {0, -1, kMost32}) refused(dense, "dim", dim);
  for (const int32_t value : {0, 5, -1}) refused(dense, "loss", value);
  for (const int32_t value : {0, 4, kLeast32}) refused(dense, "model", value);
  for (const int32_t value : {-1, kMost32}) {
    refused(dense, "bucket", value);
    refused(dense, "wordNgrams", value);
    refused(dense, "minn", value);
    refused(dense, "maxn", value);
  }
}

TEST_F(ModelDamageTest, DimensionThatTheMatricesDoNotHave) {
  EXPECT_NE(message(dense.with("dim", int32_t{4})).find("columns of input matrix"),
            std::string::npos);
}

TEST_F(ModelDamageTest, SizesOfTheDictionary) {
  for (const int32_t value : {-1, kMost32, 1000}) {
    refused(dense, "nwords", value, "number of words");
    refused(dense, "nlabels", value, "number of labels");
  }
  refused(dense, "size", int32_t{-1}, "dictionary size");
  EXPECT_NE(message(dense.with("size", kMost32)).find("number of labels"), std::string::npos);
  refused(dense, "ntokens", int64_t{-1}, "number of tokens");
  for (const int64_t value : {int64_t{-2}, int64_t{5}, kMost64, kLeast64}) {
    refused(dense, "kept", value, "number of kept buckets");
  }
}

TEST_F(ModelDamageTest, MoreEntriesThanTheFileHasRoomFor) {
  std::string bytes = dense.with("size", int32_t{1'000'000'002});
  const int32_t words = 1'000'000'000;
  std::memcpy(bytes.data() + dense.at("nwords"), &words, sizeof(words));
  EXPECT_EQ(message(bytes).substr(0, 51), "field dictionary size at byte 64: found 1000000002,");
}

// A dictionary in memory is several times as large as in the file.
TEST_F(ModelDamageTest, EntriesWithoutTheirMatricesCostNoMemory) {
  constexpr int32_t kEntries = 5'000'000;
  std::string bytes = dense.bytes().substr(0, dense.at("text 0"));
  const int32_t sizes[] = {kEntries, kEntries, 0};
  std::memcpy(bytes.data() + dense.at("size"), sizes, sizeof(sizes));
  for (int32_t i = 0; i < kEntries; ++i) bytes.append("a\0\1\0\0\0\0\0\0\0\0", 11);
  const auto size = static_cast<int64_t>(bytes.size());
  const int64_t before = peak_bytes();
  EXPECT_NE(message(bytes).find("field input quantised"), std::string::npos);
  if (!kMemoryCanBeMeasured) GTEST_SKIP() << "a sanitizer hides how much memory is in use";
  EXPECT_LE(peak_bytes() - before, memory_bound(size));
}

TEST_F(ModelDamageTest, WordWithoutItsNul) {
  std::string bytes = dense.bytes();
  const size_t begin = dense.at("text 4");
  for (size_t i = begin; i < bytes.size(); ++i) bytes[i] = 'x';
  EXPECT_EQ(message(bytes), "field text of dictionary entry 4 at byte " + std::to_string(begin) +
                                ": found no NUL up to the end of the file, want a text that ends in"
                                " NUL; the file is cut short or altered");
}

TEST_F(ModelDamageTest, EntriesThatMakeNoSense) {
  refused(dense, "count 2", int64_t{-1}, "count of dictionary entry 2");
  refused(dense, "count 2", kMost64, "count of dictionary entry 2");
  refused(dense, "type 1", int8_t{2}, "type of dictionary entry 1");
  refused(dense, "type 1", int8_t{-1}, "type of dictionary entry 1");
  refused(dense, "text 1", '\0', "text of dictionary entry 1");
}

TEST_F(ModelDamageTest, WordsAndLabelsMixed) {
  refused(dense, "type 1", int8_t{1}, "type of dictionary entry 1");
  refused(dense, "type 4", int8_t{0}, "type of dictionary entry 4");
}

TEST_F(ModelDamageTest, EntryThatStandsTwice) {
  std::string bytes = dense.bytes();
  bytes[dense.at("text 4") + 9] = 'a';
  EXPECT_NE(message(bytes).find("field dictionary at byte"), std::string::npos);
  EXPECT_NE(message(bytes).find("dictionary entry 4: the text stands twice"), std::string::npos);
}

TEST_F(ModelDamageTest, CountsWhoseSumIsTooLarge) {
  // 1,100 labels of almost 10^15 each.
  const auto& bytes = dense.bytes();
  std::string entries;
  for (int i = 0; i < 1100; ++i) {
    entries +=
        "w" + std::to_string(i) + '\0' + std::string("\xFF\x7F\xC6\xA4\x7E\x8D\x03\0", 8) + '\0';
  }
  std::string grown =
      bytes.substr(0, dense.at("text 0")) + entries + bytes.substr(dense.at("text 3"));
  const int32_t sizes[] = {1102, 1100, 2};
  std::memcpy(grown.data() + dense.at("size"), sizes, sizeof(sizes));
  EXPECT_NE(message(grown).find("for all entries so far"), std::string::npos);
}

TEST_F(ModelDamageTest, KeptBuckets) {
  for (const int32_t value : {-1, 4, kMost32}) {
    refused(quantized, "kept bucket 1", value, "number of kept bucket 1");
  }
  for (const int32_t value : {-1, 2, kMost32}) {
    refused(quantized, "kept row 1", value, "row of kept bucket 1");
  }
  refused(quantized, "kept bucket 1", int32_t{3}, "number of kept bucket 1");
}

TEST_F(ModelDamageTest, DenseModelThatWasPruned) {
  EXPECT_EQ(message(dense.with("kept", int64_t{0})).find("field input quantised at byte "), 0u);
}

TEST_F(ModelDamageTest, SwitchesAreZeroOrOne) {
  refused(dense, "input quantised", uint8_t{2});
  refused(dense, "output quantised", uint8_t{255});
  refused(quantized, "input norm switch", uint8_t{2}, "norm switch of input matrix");
}

TEST_F(ModelDamageTest, SizesOfDenseMatrices) {
  for (const std::string name : {"input", "output"}) {
    for (const int64_t value : {int64_t{-1}, int64_t{0}, int64_t{1} << 62, kMost64}) {
      refused(dense, name + " rows", value, "rows of " + name + " matrix");
      refused(dense, name + " columns", value, "columns of " + name + " matrix");
    }
  }
}

TEST_F(ModelDamageTest, SizesOfQuantizedMatrices) {
  for (const std::string name : {"input", "output"}) {
    refused(quantized, name + " rows", int64_t{1} << 40, "rows of " + name + " matrix");
    refused(quantized, name + " columns", int64_t{2}, "columns of " + name + " matrix");
    for (const int32_t value : {-1, kMost32}) {
      const std::string bytes = quantized.with(name + " codes", value);
      EXPECT_NE(message(bytes).find("codes of " + name + " matrix"), std::string::npos);
    }
  }
}

TEST_F(ModelDamageTest, NumberOfCodesThatDoesNotFitTheRows) {
  // Parts of 3 values: one code a row, but the file has two.
  std::string bytes = quantized.bytes();
  const int32_t sizes[] = {3, 1, 3, 3};
  std::memcpy(bytes.data() + quantized.at("input dimension"), sizes, sizeof(sizes));
  EXPECT_EQ(message(bytes), "field number of codes of input matrix at byte " +
                                std::to_string(quantized.at("input codes")) +
                                ": found 10, want 5, 1 for each of 5 rows");
}

TEST_F(ModelDamageTest, QuantizersThatMakeNoSense) {
  for (const int32_t value : {-1, 0, 4, kMost32}) {
    refused(quantized, "input dimension", value, "dimension of input matrix");
    refused(quantized, "input parts", value, "number of parts of input matrix");
    refused(quantized, "input last part", value, "values of the last part of input matrix");
    refused(quantized, "input norms dimension", value, "dimension of norms of input matrix");
  }
  refused(quantized, "input part", int32_t{0}, "values of a part of input matrix");
  EXPECT_NE(message(quantized.with("input part", kMost32)).find("number of parts"),
            std::string::npos);
}

}  // namespace
}  // namespace wordfire
