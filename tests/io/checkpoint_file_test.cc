#include "io/checkpoint_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

class CheckpointFile : public FolderTest {
 protected:
  // Rows whose values count up over the whole file.
  CheckpointMatrix counting(int64_t rows, int32_t dim) {
    return {{rows, dim}, [this, dim](int64_t count, float* out) {
              for (int64_t i = 0; i < count * dim; ++i) out[i] = next_value_++;
            }};
  }
  std::string save(const std::string& document, const std::vector<CheckpointMatrix>& matrices) {
    AtomicFile file(path("checkpoint"));
    write_checkpoint(file, document, matrices);
    file.commit();
    return path("checkpoint");
  }
  // A small file of everything that there is.
  std::string small_file() {
    return read_file(save("{\"a\": 1}", {counting(2, 3), counting(1, 2)}));
  }
  std::string refusal(const std::string& bytes) {
    return message_of(ErrorKind::kModel,
                      [&] { return CheckpointReader(write("damaged", bytes)).document().size(); });
  }
  static std::vector<float> values(const CheckpointReader& reader, size_t i) {
    std::vector<float> all;
    reader.read(i, [&](int64_t count, const float* values) {
      all.insert(all.end(), values, values + count * reader.shapes()[i].dim);
    });
    return all;
  }

  float next_value_ = 0;
};

TEST_F(CheckpointFile, ComesBackAsItWas) {
  const CheckpointReader reader(
      save("{\"a\": 1}", {counting(2, 3), counting(0, 7), counting(1, 2)}));
  EXPECT_EQ(reader.document(), "{\"a\": 1}");
  EXPECT_EQ(reader.shapes(), std::vector<CheckpointShape>({{2, 3}, {0, 7}, {1, 2}}));
  EXPECT_EQ(values(reader, 0), std::vector<float>({0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(values(reader, 1), std::vector<float>());
  EXPECT_EQ(values(reader, 2), std::vector<float>({6, 7}));
}

TEST_F(CheckpointFile, MatricesOfManyRunsComeBack) {
  constexpr int64_t kRows = 300'000;
  const CheckpointReader reader(save("{}", {counting(kRows, 3), counting(2, 400'000)}));
  std::vector<float> wanted(3 * kRows);
  std::iota(wanted.begin(), wanted.end(), 0.0f);
  EXPECT_TRUE(values(reader, 0) == wanted);
  EXPECT_EQ(values(reader, 1).size(), 800'000u);
}

TEST_F(CheckpointFile, ItsSizeIsKnownBeforehand) {
  const std::string bytes = small_file();
  const std::vector<CheckpointShape> shapes = {{2, 3}, {1, 2}};
  EXPECT_EQ(static_cast<int64_t>(bytes.size()), checkpoint_bytes(8, shapes));
}

TEST_F(CheckpointFile, IsTheWorkedExampleOfThePage) {
  const std::string bytes = read_file(save("{}", {counting(0, 2), counting(0, 2)}));
  std::string hex;
  for (const char byte : bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    hex += {kDigits[(byte >> 4) & 15], kDigits[byte & 15]};
  }
  EXPECT_EQ(hex,
            "574643484b50540a01000000020000000200000000000000"
            "00000000000000000200000000000000"
            "00000000000000000200000000000000"
            "7b7d"
            "169c476b19ef67db");
}

TEST_F(CheckpointFile, EveryTruncationIsRefused) {
  const std::string bytes = small_file();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(refusal(bytes.substr(0, size)), "no error") << size;
  }
  EXPECT_NE(refusal(bytes + '\0'), "no error");
}

TEST_F(CheckpointFile, EveryAlteredBitIsRefused) {
  const std::string bytes = small_file();
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string altered = bytes;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_NE(refusal(altered), "no error") << bit;
  }
}

TEST_F(CheckpointFile, SizesThatCannotBeTakeNoMemory) {
  std::string bytes = small_file();
  const uint64_t huge = uint64_t{1} << 60;
  for (const size_t at : {size_t{16}, size_t{24}, size_t{40}}) {
    std::string altered = bytes;
    std::memcpy(altered.data() + at, &huge, sizeof(huge));
    EXPECT_TRUE(refusal(altered).ends_with("found sizes that cannot be, want a whole checkpoint"));
  }
}

TEST_F(CheckpointFile, AMissingFileIsNoInput) {
  EXPECT_NE(message_of(SystemFault::kNoInput,
                       [&] { return CheckpointReader(path("none")).document().size(); }),
            "no error");
}

}  // namespace
}  // namespace wordfire
