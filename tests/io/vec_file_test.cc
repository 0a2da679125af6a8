#include "io/vec_file.h"

#include <iomanip>
#include <limits>
#include <random>
#include <sstream>

#include "tests/io/compressed.h"
#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

class VecFileTest : public FolderTest {
 protected:
  static RowSource rows_of_values(const std::vector<float>& values, int32_t dim) {
    return {static_cast<int64_t>(values.size()) / dim, dim,
            [&values, dim](int64_t first, int64_t count, float* out) {
              std::copy_n(values.begin() + first * dim, count * dim, out);
            }};
  }
  std::string save(const RowSource& rows, const std::vector<std::string>& words,
                   int threads) const {
    AtomicFile file(path("m.vec"));
    write_vec(
        file, rows, [&](int64_t i) { return std::string_view(words[static_cast<size_t>(i)]); },
        threads);
    file.commit();
    return read("m.vec");
  }
  // What C++ streams write, which fastText uses.
  static std::string by_stream(const std::vector<float>& values, int32_t dim,
                               const std::vector<std::string>& words) {
    std::ostringstream text;
    text << words.size() << ' ' << dim << '\n' << std::setprecision(5);
    for (size_t i = 0; i < words.size(); ++i) {
      text << words[i] << ' ';
      for (int32_t j = 0; j < dim; ++j)
        text << values[i * static_cast<size_t>(dim) + static_cast<size_t>(j)] << ' ';
      text << '\n';
    }
    return text.str();
  }
  std::string fault(const std::string& text) const {
    const std::string file = write("bad.vec", text);
    return message_of(ErrorKind::kModel, [&] { return read_vec(file); }).substr(file.size());
  }
};

TEST_F(VecFileTest, TextIsThatOfStreams) {
  constexpr int32_t kDim = 7;
  std::mt19937 random(3);
  std::normal_distribution<float> normal(0.0f, 0.1f);
  std::vector<std::string> words;
  std::vector<float> values;
  for (int i = 0; i < 20'000; ++i) {
    words.push_back("w" + std::to_string(i));
    for (int32_t j = 0; j < kDim; ++j)
      values.push_back(i % 5 == 0 ? normal(random) / 1e4f : normal(random));
  }
  const std::string wanted = by_stream(values, kDim, words);
  for (const int threads : {1, 3})
    EXPECT_EQ(save(rows_of_values(values, kDim), words, threads), wanted);
}

TEST_F(VecFileTest, NoRowsAreAHeadAlone) {
  EXPECT_EQ(save(rows_of_values({}, 5), {}, 2), "0 5\n");
  EXPECT_TRUE(read_vec(path("m.vec")).words.empty());
}

TEST_F(VecFileTest, WhatIsWrittenIsRead) {
  const std::vector<float> values = {0.5f, -1.25f, 0.0f, 12345.0f, 1e-10f, 3.0f};
  const std::vector<std::string> words = {"</s>", "\xC3\xA9t\xC3\xA9", "b"};
  save(rows_of_values(values, 2), words, 1);
  const WordVectors vectors = read_vec(path("m.vec"));
  EXPECT_EQ(vectors.dim, 2);
  EXPECT_EQ(vectors.words, words);
  EXPECT_EQ(vectors.values, values);
}

TEST_F(VecFileTest, OtherWritersLineEndsAndCompressionAreRead) {
  for (const std::string text : {"1 2\na 1 2\n", "1 2\r\na 1e0 2.0\r\n", "1 2\na 1 2 \n"}) {
    EXPECT_EQ(read_vec(write("a.vec", text)).values, (std::vector<float>{1, 2}));
    EXPECT_EQ(read_vec(write("a.vec", gzip(text))).values, (std::vector<float>{1, 2}));
  }
}

TEST_F(VecFileTest, DamageIsNamedWithItsLine) {
  EXPECT_EQ(fault(""), ":0: found an empty file, want \"ROWS DIM\"");
  for (const std::string head : {"1\n", "x 2\n", "1 0\n", "-1 2\n", "1 2 3\n", "1 99999999\n"}) {
    EXPECT_EQ(fault(head).substr(0, 44), ":1: found a first line that is not two sizes");
  }
  EXPECT_EQ(fault("2 2\na 1 2\n"),
            ":2: found the end after 1 rows, want 2 rows, as the first line says; is the file cut "
            "short?");
  EXPECT_EQ(fault("1 2\na 1 2\nb 1 2\n"),
            ":3: found another line, want 1 rows, as the first line says");
  EXPECT_EQ(fault("1 2\n\n"), ":2: found a line without a word, want a word and its numbers");
  EXPECT_EQ(fault("1 2\na 1\n"), ":2: found 1 numbers, want 2");
  EXPECT_EQ(fault("1 2\na 1 2 3\n"), ":2: found more numbers, want 2");
}

TEST_F(VecFileTest, WhatIsNoFiniteNumberIsNamed) {
  for (const std::string text : {"x", "nan", "inf", "1,5", "1e99", "0x1", "+1"}) {
    EXPECT_EQ(fault("1 2\na 1 " + text + "\n"),
              ":2: found number 2, \"" + text + "\", want a finite number");
  }
}

TEST_F(VecFileTest, WhatIsTooSmallForAFloatIsNearlyZero) {
  const std::string text = "1 3\na 1e-300 -1e-60 1e-45\n";
  EXPECT_EQ(read_vec(write("a.vec", text)).values, (std::vector<float>{0, 0, 1e-45f}));
  EXPECT_EQ(read_glove(write("a.txt", text.substr(4))).values, (std::vector<float>{0, 0, 1e-45f}));
}

TEST_F(VecFileTest, FileCutAnywhereIsRefused) {
  const std::string text = "2 2\nab 0.5 -1.25 \nc 1e-05 2 \n";
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_NE(fault(text.substr(0, size)), "no error") << size;
  }
}

}  // namespace
}  // namespace wordfire
