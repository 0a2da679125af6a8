#include "io/vector_file.h"

#include <bit>
#include <cstring>
#include <limits>

#include "io/npy_file.h"
#include "io/vec_file.h"
#include "io/word2vec_binary.h"
#include "tests/io/compressed.h"
#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

using Words = std::vector<std::string>;
using Values = std::vector<float>;

constexpr VectorFormat kReadable[] = {VectorFormat::kWord2vecText, VectorFormat::kWord2vecBinary,
                                      VectorFormat::kGlove, VectorFormat::kNpy};

class VectorFileTest : public FolderTest {
 protected:
  std::vector<std::string> save(const std::string& name, VectorFormat format, const Words& words,
                                const Values& values) const {
    const auto rows = static_cast<int64_t>(words.size());
    const auto dim = static_cast<int32_t>(values.size() / words.size());
    const RowSource source = {rows, dim, [&](int64_t first, int64_t count, float* out) {
                                std::copy_n(values.begin() + first * dim, count * dim, out);
                              }};
    return save_word_vectors(
        path(name), format, source,
        [&](int64_t i) { return std::string_view(words[static_cast<size_t>(i)]); }, 2);
  }
  // What reading says of these bytes, behind the name of the file.
  std::string fault(const std::string& bytes, const std::string& name = "bad") const {
    const std::string file = write(name, bytes);
    const std::string message =
        message_of(ErrorKind::kModel, [&] { return read_word_vectors(file); });
    return message.starts_with(file) ? message.substr(file.size()) : message;
  }
  VectorFormat told(const std::string& bytes) const {
    return tell_vector_format(write("some", bytes));
  }
  static std::string floats(const Values& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
  }
  static std::string npy(const std::string& head, const std::string& data) {
    const auto size = static_cast<uint16_t>(head.size());
    return std::string("\x93NUMPY\x01\x00", 8) +
           std::string(reinterpret_cast<const char*>(&size), 2) + head + data;
  }
};

TEST_F(VectorFileTest, WhatIsWrittenIsReadInEveryFormat) {
  const Words words = {"</s>", "\xC3\xA9t\xC3\xA9", "12"};
  const Values values = {0.5f, -1.25f, 0.0f, 12345.0f, 1e-10f, 3.0f};
  for (const VectorFormat format : kReadable) {
    save("v", format, words, values);
    EXPECT_EQ(tell_vector_format(path("v")), format);
    const WordVectors vectors = read_word_vectors(path("v"));
    EXPECT_EQ(vectors.dim, 2);
    EXPECT_EQ(vectors.words, words);
    EXPECT_EQ(vectors.values, values);
  }
}

TEST_F(VectorFileTest, ManyRowsKeepTheirOrder) {
  Words words;
  Values values;
  for (int i = 0; i < 5000; ++i) {
    words.push_back("w" + std::to_string(i));
    values.insert(values.end(), {static_cast<float>(i), 0.5f});
  }
  for (const VectorFormat format : kReadable) {
    save("v", format, words, values);
    const WordVectors vectors = read_word_vectors(path("v"));
    EXPECT_EQ(vectors.words, words);
    EXPECT_EQ(vectors.values, values);
  }
}

TEST_F(VectorFileTest, BytesAreThoseOfTheFormats) {
  save("v", VectorFormat::kGlove, {"a", "b"}, {1, 0.5f, -2, 1e-5f});
  EXPECT_EQ(read("v"), "a 1 0.5\nb -2 1e-05\n");
  save("v", VectorFormat::kWord2vecBinary, {"a", "b"}, {1, 2});
  EXPECT_EQ(read("v"), "2 1\na " + floats({1}) + "\nb " + floats({2}) + "\n");
  save("v.npy", VectorFormat::kNpy, {"a", "b"}, {1, 2});
  const std::string head = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }";
  EXPECT_EQ(read("v.npy"), npy(head + std::string(117 - head.size(), ' ') + "\n", floats({1, 2})));
  EXPECT_EQ(read("v.words.txt"), "a\nb\n");
}

TEST_F(VectorFileTest, ProjectorFilesFillAFolder) {
  const auto paths = save("p", VectorFormat::kProjector, {"a", "b c"}, {1, 0.5f, -2, 3});
  EXPECT_EQ(paths, (Words{path("p/tensors.tsv"), path("p/metadata.tsv"),
                          path("p/projector_config.pbtxt")}));
  EXPECT_EQ(read("p/tensors.tsv"), "1\t0.5\n-2\t3\n");
  EXPECT_EQ(read("p/metadata.tsv"), "a\nb c\n");
  EXPECT_NE(read("p/projector_config.pbtxt").find("tensor_path: \"tensors.tsv\""),
            std::string::npos);
}

TEST_F(VectorFileTest, FormatIsToldByTheFirstBytes) {
  EXPECT_EQ(told("2 1\na 1\nb 2\n"), VectorFormat::kWord2vecText);
  EXPECT_EQ(told("0 5\n"), VectorFormat::kWord2vecText);
  EXPECT_EQ(told("1 1\na nan\n"), VectorFormat::kWord2vecText);
  EXPECT_EQ(told("1 1\r\na 1\r\n"), VectorFormat::kWord2vecText);
  EXPECT_EQ(told("1 1\na " + floats({0.25f})), VectorFormat::kWord2vecBinary);
  EXPECT_EQ(told("the 1 2\n"), VectorFormat::kGlove);
  EXPECT_EQ(told("2 1 5\n"), VectorFormat::kGlove);
  EXPECT_EQ(told(gzip("1 1\na " + floats({0.25f}))), VectorFormat::kWord2vecBinary);
  EXPECT_EQ(told(std::string("\xBA\x16\x4F\x2F\x0C\0\0\0", 8)), VectorFormat::kFasttextModel);
  for (const std::string none : {"", "\n", "some words\n", "{\"a\": 1}\n"}) {
    EXPECT_EQ(fault(none).substr(0, 33), ": found a file that begins with \"") << none;
  }
}

// A float may begin with any byte: with a blank or a line end, or with digits before them.
TEST_F(VectorFileTest, FloatsWithBytesOfTextAreBinary) {
  for (const uint32_t bits : {0x3e000020u, 0x3e00000au, 0x3e00000du, 0x3e002031u, 0x3e0a3231u}) {
    const std::string row = "a " + floats({std::bit_cast<float>(bits), 0.25f, 0.5f}) + "\n";
    EXPECT_EQ(told("1 3\n" + row), VectorFormat::kWord2vecBinary) << bits;
  }
  EXPECT_EQ(told("1 1\na " + floats({std::bit_cast<float>(0x3e00000au)})),
            VectorFormat::kWord2vecBinary);
}

TEST_F(VectorFileTest, TextIsToldWhateverItsRowsLack) {
  for (const char* text : {"2 3\na 1\nb 2 3\n", "1 2\na  1 2 \n", "1 2\na 1,5 2\n",
                           "99999999999999999999 2\na 1 2\n"}) {
    EXPECT_EQ(told(text), VectorFormat::kWord2vecText) << text;
  }
}

TEST_F(VectorFileTest, GloveLinesMayBeLongerThanWhatTellsTheFormat) {
  for (const std::string word : {"a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg"}) {
    save("v", VectorFormat::kGlove, {word, "b"}, Values(60'000, -1.5e-10f));
    EXPECT_EQ(tell_vector_format(path("v")), VectorFormat::kGlove) << word;
  }
}

TEST_F(VectorFileTest, NamesStandForFormats) {
  EXPECT_EQ(format_of_name("a.vec"), VectorFormat::kWord2vecText);
  EXPECT_EQ(format_of_name("a.bin"), VectorFormat::kWord2vecBinary);
  EXPECT_EQ(format_of_name("a.npy"), VectorFormat::kNpy);
  EXPECT_EQ(format_of_name("a"), std::nullopt);
  for (const char* name : {"word2vec-text", "word2vec-bin", "glove", "npy", "projector"}) {
    EXPECT_TRUE(find_vector_format(name)) << name;
  }
  EXPECT_EQ(find_vector_format("fasttext"), std::nullopt);
}

TEST_F(VectorFileTest, CompressedBinaryWithoutLineEndsIsRead) {
  const std::string bytes = "2 2\na " + floats({1, 2}) + "b " + floats({3, 4});
  for (const std::string& file : {bytes, gzip(bytes)}) {
    const WordVectors vectors = read_word_vectors(write("v", file));
    EXPECT_EQ(vectors.words, (Words{"a", "b"}));
    EXPECT_EQ(vectors.values, (Values{1, 2, 3, 4}));
  }
}

TEST_F(VectorFileTest, GloveWordsMayHoldBlanks) {
  const WordVectors vectors = read_word_vectors(write("v", "a 1 2\n. . 3 4\nat x 5 6 \n"));
  EXPECT_EQ(vectors.words, (Words{"a", ". .", "at x"}));
  EXPECT_EQ(vectors.values, (Values{1, 2, 3, 4, 5, 6}));
}

TEST_F(VectorFileTest, CompressedModelsAndArraysAreToBeUnpacked) {
  EXPECT_EQ(fault(gzip(npy("{}", ""))), ": found a compressed array, want it as it is; unpack it");
  EXPECT_EQ(fault(zstd(std::string("\xBA\x16\x4F\x2F\x0C\0\0\0", 8))),
            ": found a compressed fastText model, want it as it is; unpack it");
}

TEST_F(VectorFileTest, DamagedGloveTextIsNamedWithItsLine) {
  EXPECT_EQ(fault("a 1 2\nb 1\n"), ":2: found too few fields, want a word and 2 numbers");
  EXPECT_EQ(fault("a 1 2\n 1 2\n"), ":2: found a line without a word, want a word and its numbers");
  EXPECT_EQ(fault("a 1 2\nb 1 x\n"), ":2: found number 2, \"x\", want a finite number");
  EXPECT_EQ(fault("a 1 2\nb 1 2"),
            ":2: found the end of the file, want a line end; is the file cut short?");
}

TEST_F(VectorFileTest, DamagedBinaryIsNamedWithItsByte) {
  const std::string row = "a " + floats({1, 2});
  EXPECT_EQ(fault("1 2\n" + row + "\nb"),
            ": byte 15 (row 2): found more bytes, want the end behind 1 rows");
  EXPECT_EQ(fault("2 2\n" + row),
            ": byte 14 (row 2): found the end of the file, want a word and a blank; is the file "
            "cut short?");
  EXPECT_EQ(fault("1 2\n " + floats({1, 2})),
            ": byte 5 (row 1): found a row without a word, want a word and its numbers");
  EXPECT_EQ(fault("1 2\na " + floats({1, std::numeric_limits<float>::quiet_NaN()})),
            ": byte 14 (row 1): found nan as number 2 of \"a\", want a finite number");
}

TEST_F(VectorFileTest, AbsurdSizesCostNoMemory) {
  const std::string row = "a " + floats({0.1f, 0.2f});
  EXPECT_NE(fault("2000000000 2\n" + row).find("is the file cut short?"), std::string::npos);
  EXPECT_NE(fault("2000000000 1000000\n" + row).find("is the file cut short?"), std::string::npos);
  for (const std::string head : {"3000000000 2\n", "1 0\n", "-1 2\n", "1 99999999\n"}) {
    EXPECT_NE(fault(head + row).find("ROWS below 2^31 and DIM 1 to 1048576"), std::string::npos);
  }
  const std::string head =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000, 1000000), }";
  EXPECT_NE(fault(npy(head, floats({1}))).find("the file is cut short or altered"),
            std::string::npos);
}

TEST_F(VectorFileTest, OtherArraysAreRefused) {
  const auto with = [](const std::string& type, const std::string& order,
                       const std::string& shape) {
    return npy("{'descr': " + type + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }",
               floats({1, 2}));
  };
  write("bad.words.txt", "a\n");
  EXPECT_EQ(fault(with("'<f4'", "False", "(1, 2)"), "bad.npy"), "no error");
  EXPECT_NE(fault(with("'<f8'", "False", "(1, 1)")).find("astype(numpy.float32)"),
            std::string::npos);
  EXPECT_NE(fault(with("'<f4'", "True", "(1, 2)")).find("ascontiguousarray"), std::string::npos);
  for (const char* shape : {"(2,)", "()", "(1, 2, 1)", "(-1, 2)", "(1, 0)", "2"}) {
    EXPECT_NE(fault(with("'<f4'", "False", shape)).find("want (WORDS, DIM)"), std::string::npos);
  }
}

TEST_F(VectorFileTest, ArraysWantTheirWords) {
  const std::string array =
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }\n", floats({1, 2}));
  const auto message = [&](const std::string& words) {
    write("v.words.txt", words);
    const std::string file = write("v.npy", array);
    const auto error = error_of([&] { return read_word_vectors(file); });
    return error ? std::string(error->what()).substr(folder().native().size() + 1) : "no error";
  };
  EXPECT_EQ(message("a\nb\n"), "no error");
  EXPECT_EQ(message("a\r\nb"), "no error");
  EXPECT_EQ(message("a\n"), "v.words.txt: found 1 words, want 2, one a row of the array");
  EXPECT_EQ(message("a\n\n"), "v.words.txt:2: found an empty line, want a word");
  EXPECT_EQ(message("a\na\n"), "v.npy: row 2: found \"a\", which row 1 has, want each word once");
}

TEST_F(VectorFileTest, FileCutAnywhereIsRefused) {
  save("v.npy", VectorFormat::kNpy, {"ab", "c"}, {1, 2, 3, 4});
  for (const std::string name : {"v.npy", "v.bin"}) {
    const std::string bytes =
        name == "v.npy" ? read(name) : "2 2\nab " + floats({1, 2}) + "\nc " + floats({3, 4});
    for (size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_NE(fault(bytes.substr(0, size), name), "no error") << name << " " << size;
    }
  }
}

TEST_F(VectorFileTest, WordsThatCannotBeToldApartAreRefused) {
  EXPECT_EQ(fault("2 1\na 1\na 2\n"), ": row 2: found \"a\", which row 1 has, want each word once");
  EXPECT_EQ(fault(std::string("1 1\na\0b 1\n", 10)),
            ": row 1: found a NUL in the word \"a?b\", want text");
}

TEST_F(VectorFileTest, WordsThatAFormatCannotHoldAreNotWritten) {
  const auto refused = [&](VectorFormat format, const std::string& word) {
    const auto error = error_of([&] { return save("v", format, {"a", word}, {1, 2}); });
    return error && error->kind() == ErrorKind::kData;
  };
  for (const VectorFormat format : kReadable) EXPECT_TRUE(refused(format, "a\nb"));
  EXPECT_TRUE(refused(VectorFormat::kWord2vecText, "a b"));
  EXPECT_TRUE(refused(VectorFormat::kWord2vecBinary, "a b"));
  EXPECT_TRUE(refused(VectorFormat::kProjector, "a\tb"));
  EXPECT_EQ(files(), Words{});
  EXPECT_FALSE(refused(VectorFormat::kGlove, "a b"));
  EXPECT_FALSE(refused(VectorFormat::kNpy, "a b"));
  EXPECT_TRUE(error_of([&] {
                return save("v", VectorFormat::kGlove, {"a b", "c"}, {1, 2});
              }).has_value());
}

}  // namespace
}  // namespace wordfire
