// The text of the GPU's kernels for word vectors, compiled for one warp on the CPU.
#include "cuda/word_line.h"

#include <gtest/gtest.h>

#include "core/line_trainer.h"
#include "tests/cuda/host_words.h"
#include "tests/cuda/word_fixture.h"

namespace wordfire {
namespace {

class WordLineTest : public testing::TestWithParam<WordCase> {
 protected:
  // Calls check(line, trainer) after each of some lines.
  template <typename Check>
  void train_lines(Check check) {
    with_kernel(words_.tables(), fixture_.args.model == ModelKind::kCbow,
                [&]<int parts, bool cbow>() {
                  WordLine<HostWarp, parts, cbow> trainer(words_.tables(), words_.scratch());
                  for (uint32_t seed = 0; seed < 15; ++seed) {
                    const std::vector<int32_t> line = WordFixture::some_line(seed);
                    trainer.train(line.data(), static_cast<int64_t>(line.size()), WordFixture::kLr,
                                  Rng(WordFixture::kSeed, 0, seed));
                    check(seed, line, trainer);
                  }
                });
  }

  WordFixture fixture_{GetParam()};
  HostWords words_{fixture_};
};

INSTANTIATE_TEST_SUITE_P(All, WordLineTest, testing::ValuesIn(kWordCases), name_of_word_case);

TEST_P(WordLineTest, ALineMovesTheWeightsAsThePlainReferenceDoes) {
  train_lines([&](uint32_t seed, const std::vector<int32_t>& line, const auto&) {
    Rng rng(WordFixture::kSeed, 0, seed);
    fixture_.train_plain(line, WordFixture::kLr, rng);
    ASSERT_LT(fixture_.distance_to_plain(), 1e-5) << "line " << seed;
    fixture_.copy_to_plain();
  });
}

TEST_P(WordLineTest, ManyLinesStayWithThePlainReference) {
  train_lines([&](uint32_t seed, const std::vector<int32_t>& line, const auto&) {
    Rng rng(WordFixture::kSeed, 0, seed);
    fixture_.train_plain(line, WordFixture::kLr, rng);
    ASSERT_LT(fixture_.distance_to_plain(), 1e-4) << "line " << seed;
  });
}

TEST_P(WordLineTest, DrawsAreThoseOfTheReference) {
  train_lines([&](uint32_t seed, const std::vector<int32_t>& line, const auto& trainer) {
    Rng rng(WordFixture::kSeed, 0, seed);
    fixture_.train_plain(line, WordFixture::kLr, rng);
    Rng drawn = trainer.draws();
    ASSERT_EQ(drawn.next(), rng.next()) << "line " << seed;
  });
}

TEST_P(WordLineTest, LossesAreThoseOfTheCpu) {
  WordFixture on_cpu(GetParam());
  const WordVectorTask task = on_cpu.task(on_cpu.no_text);
  const auto cpu = make_line_trainer(task, on_cpu.negatives, TrainedRows(on_cpu.weights.input),
                                     TrainedRows(on_cpu.weights.output));
  // Exactly the same steps where the CPU, too, enters and leaves words, and all outputs move at
  // once.
  const bool is_exact = GetParam().ngrams && GetParam().neg < fixture_.plain.outputs_at_once;
  const double tolerance = is_exact ? 1e-5 : 0.05;
  LineLoss want;
  std::vector<int32_t> kept;
  train_lines([&](uint32_t seed, const std::vector<int32_t>& line, const auto& trainer) {
    Rng rng(WordFixture::kSeed, 0, seed);
    on_cpu.subsampling.keep(line, rng, kept);
    cpu->train(kept, WordFixture::kLr, rng, want);
    ASSERT_EQ(trainer.loss().count, want.count);
    ASSERT_NEAR(trainer.loss().sum, want.sum, tolerance * want.sum) << "line " << seed;
  });
  EXPECT_GT(want.count, 10);
}

}  // namespace
}  // namespace wordfire
