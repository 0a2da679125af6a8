// Models of the real fastText with seeded damage: each is refused in one line that names the field,
// or works from end to end. Nothing else may happen: no signal, no hang, no memory out of
// proportion. WORDFIRE_LONG gives 2,000 mutants a format.
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <random>

#include "core/predictor.h"
#include "io/model_file.h"
#include "io/vector_file.h"
#include "tests/io/folder_fixture.h"
#include "tests/io/peak_memory.h"

namespace wordfire {
namespace {

using Clock = std::chrono::steady_clock;

enum class Damage { kTruncated, kBit, kHeaderByte, kHeaderInteger, kSwappedBlocks };
constexpr Damage kDamages[] = {Damage::kTruncated, Damage::kBit, Damage::kHeaderByte,
                               Damage::kHeaderInteger, Damage::kSwappedBlocks};

int mutants_per_format() { return std::getenv("WORDFIRE_LONG") != nullptr ? 2000 : 300; }

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  std::string mutate(std::string bytes, Damage damage) {
    constexpr size_t kHeader = 92;
    switch (damage) {
      case Damage::kTruncated:
        bytes.resize(below(bytes.size()));
        break;
      case Damage::kBit:
        bytes[below(bytes.size())] ^= static_cast<char>(1 << below(8));
        break;
      case Damage::kHeaderByte:
        bytes[below(kHeader)] = static_cast<char>(below(256));
        break;
      case Damage::kHeaderInteger:
        std::memcpy(bytes.data() + below(kHeader / 4) * 4, &kIntegers[below(std::size(kIntegers))],
                    4);
        break;
      case Damage::kSwappedBlocks:
        swap_blocks(bytes);
        break;
    }
    return bytes;
  }

 private:
  size_t below(size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random_);
  }

  void swap_blocks(std::string& bytes) {
    const size_t size = 1 + below(std::min<size_t>(4096, bytes.size() / 2));
    const size_t first = below(bytes.size() - 2 * size + 1);
    const size_t second = first + size + below(bytes.size() - first - 2 * size + 1);
    std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(first),
                     bytes.begin() + static_cast<std::ptrdiff_t>(first + size),
                     bytes.begin() + static_cast<std::ptrdiff_t>(second));
  }

  static constexpr int32_t kIntegers[] = {
      0,          1, -1,  2, 255, 65536, 1 << 20, 1'000'000, 1 << 30, 2147483647, -2147483647 - 1,
      2000000000, 7, 1000};
  std::mt19937_64 random_;
};

// Uses all that a loaded model holds, so that a fault that loading missed shows.
void exercise(const std::shared_ptr<const Model>& model) {
  const Dictionary& dictionary = model->dictionary;
  for (int32_t id = 0; id < dictionary.size(); ++id) {
    ASSERT_EQ(dictionary.find(dictionary.text(id)), id);
  }
  std::vector<float> sum(static_cast<size_t>(model->args.dim));
  for (const Matrix* matrix : {&model->input, &model->output}) {
    for (int64_t row = 0; row < matrix->rows(); ++row) {
      if (matrix->quantized) {
        matrix->quantized->add_row(row, matrix->quantized->dot(row, sum.data()), sum.data());
      } else {
        std::memcpy(sum.data(), matrix->dense.row(row), sum.size() * sizeof(float));
      }
    }
  }
  if (model->args.model != ModelKind::kSupervised) return;
  const Predictor predictor(model);
  PredictScratch scratch;
  std::vector<Prediction> best;
  for (const std::string_view line : {"w1 w2 w3 w4 w5\n", "unknown w7 w7\n", "\n", ""}) {
    predictor.encode(line, scratch);
    predictor.predict(scratch, -1, 0.0f, best);
    ASSERT_LE(best.size(), static_cast<size_t>(dictionary.nlabels()));
  }
}

class ModelMutationTest : public FolderTest {
 protected:
  static void SetUpTestSuite() {
    has_fasttext = std::system("fasttext > /dev/null 2>&1") != 127 * 256;
  }

  void SetUp() override {
    if (!has_fasttext) GTEST_SKIP() << "the program fasttext is not installed";
    write("train.txt", training_text());
  }

  // 300 words, 5 labels.
  static std::string training_text() {
    std::mt19937 random(5);
    std::string text;
    for (int line = 0; line < 1000; ++line) {
      text += "__label__" + std::to_string(line % 5);
      for (int i = 0; i < 6; ++i) text += " w" + std::to_string(random() % 60 + 60u * (line % 5));
      text += '\n';
    }
    return text;
  }

  void fasttext(const std::string& arguments) const {
    const std::string command =
        "cd '" + folder().string() + "' && fasttext " + arguments + " > log 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << read("log");
  }
  void train(const std::string& options) const {
    fasttext("supervised -input train.txt -output m -dim 10 -bucket 1000 -epoch 1 -thread 1 " +
             options);
  }

  // Returns whether the mutant was refused.
  static bool is_refused(const std::string& file) {
    const auto error = error_of([&] { exercise(load_model(file).model); });
    if (!error) return false;
    EXPECT_EQ(error->kind(), ErrorKind::kModel) << error->what();
    EXPECT_NE(std::string_view(error->what()).find(": field "), std::string_view::npos)
        << error->what();
    return true;
  }

  void survive_mutants(const std::string& name, uint64_t seed) const {
    const std::string bytes = read(name);
    ASSERT_FALSE(is_refused(path(name)));
    Mutator mutator(seed);
    const int64_t before = peak_bytes();
    for (int i = 0; i < mutants_per_format(); ++i) {
      const Damage damage = kDamages[static_cast<size_t>(i) % std::size(kDamages)];
      const std::string file = write("mutant", mutator.mutate(bytes, damage));
      const auto begin = Clock::now();
      const bool refused = is_refused(file);
      EXPECT_TRUE(refused || damage != Damage::kTruncated) << "mutant " << i;
      EXPECT_LT(Clock::now() - begin, std::chrono::seconds(2)) << "mutant " << i;
    }
    if (!kMemoryCanBeMeasured) return;
    EXPECT_LE(peak_bytes() - before, memory_bound(static_cast<int64_t>(bytes.size())));
  }

  static bool has_fasttext;
};

bool ModelMutationTest::has_fasttext = false;

TEST_F(ModelMutationTest, DenseModelWithWordNgrams) {
  train("-wordNgrams 2");
  survive_mutants("m.bin", 1);
}

TEST_F(ModelMutationTest, DenseModelWithTreeAndCharacterNgrams) {
  train("-loss hs -minn 2 -maxn 4");
  survive_mutants("m.bin", 2);
}

TEST_F(ModelMutationTest, WordVectors) {
  fasttext("skipgram -input train.txt -output m -dim 10 -bucket 1000 -epoch 1 -thread 1");
  survive_mutants("m.bin", 3);
}

TEST_F(ModelMutationTest, QuantizedModel) {
  train("-wordNgrams 2");
  fasttext("quantize -input train.txt -output m");
  survive_mutants("m.ftz", 4);
}

TEST_F(ModelMutationTest, PrunedModelWithNorms) {
  train("-wordNgrams 2 -loss ova");
  fasttext("quantize -input train.txt -output m -qnorm -cutoff 600 -dsub 3");
  survive_mutants("m.ftz", 5);
}

// Files of word vectors; the words of an array stand beside it and stay whole.
class VectorMutationTest : public FolderTest {
 protected:
  void survive_mutants(VectorFormat format, uint64_t seed) const {
    const std::string bytes = saved(format);
    Mutator mutator(seed);
    for (int i = 0; i < mutants_per_format(); ++i) {
      const Damage damage = kDamages[static_cast<size_t>(i) % std::size(kDamages)];
      const std::string file = write("m", mutator.mutate(bytes, damage));
      const auto begin = Clock::now();
      const auto error = error_of([&] { return read_word_vectors(file); });
      EXPECT_LT(Clock::now() - begin, std::chrono::seconds(2)) << "mutant " << i;
      EXPECT_TRUE(error || damage != Damage::kTruncated) << "mutant " << i;
      EXPECT_TRUE(!error || std::string_view(error->what()).starts_with(file)) << error->what();
    }
  }

 private:
  [[nodiscard]] std::string saved(VectorFormat format) const {
    constexpr int32_t kDim = 10;
    const RowSource rows = {500, kDim, [](int64_t first, int64_t count, float* out) {
                              for (int64_t i = 0; i < count * kDim; ++i) {
                                out[i] = 0.37f * static_cast<float>(i % 7 - first % 5);
                              }
                            }};
    std::vector<std::string> words;
    for (int i = 0; i < 500; ++i) words.push_back("word" + std::to_string(i * i));
    save_word_vectors(
        path("m"), format, rows,
        [&](int64_t i) { return std::string_view(words[static_cast<size_t>(i)]); }, 1);
    std::string bytes = read("m");
    // Without its last line end a binary file is whole.
    if (format == VectorFormat::kWord2vecBinary) bytes.pop_back();
    return bytes;
  }
};

TEST_F(VectorMutationTest, Text) { survive_mutants(VectorFormat::kWord2vecText, 6); }

TEST_F(VectorMutationTest, Binary) { survive_mutants(VectorFormat::kWord2vecBinary, 7); }

TEST_F(VectorMutationTest, Array) { survive_mutants(VectorFormat::kNpy, 8); }

}  // namespace
}  // namespace wordfire
