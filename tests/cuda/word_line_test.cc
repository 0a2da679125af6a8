// The text of the GPU's kernels for word vectors, compiled for one warp on the CPU.
#include "cuda/word_line.h"

#include <gtest/gtest.h>

#include "core/line_trainer.h"
#include "cuda/row_crowds.h"
#include "cuda/word_scratch.h"
#include "tests/cuda/word_fixture.h"

namespace wordfire {
namespace {

// The memory of one warp, and the tables of a task, on the host.
class HostWords {
 public:
  explicit HostWords(WordFixture& fixture) : fixture_(fixture) {
    const ModelArgs& args = fixture.args;
    tables_.input = fixture.weights.input.row(0);
    tables_.output = fixture.weights.output.row(0);
    tables_.dim = args.dim;
    tables_.width = padded_width(args.dim);
    tables_.kept_shares = fixture.subsampling.shares().data();
    tables_.negatives = fixture.negatives.cells().data();
    tables_.words = WordFixture::kWords;
    tables_.ws = args.ws;
    tables_.neg = args.neg;
    tables_.batch_size = fixture.batch_size > 0 ? fixture.batch_size : 1 << 30;
    if (!fixture.subwords.empty()) add_subwords();
    crowds_ = row_crowds(fixture.task(fixture.no_text));
    tables_.input_crowds = crowds_.input.data();
    tables_.output_crowds = crowds_.output.data();
    memory_.resize(static_cast<size_t>(word_scratch_bytes(tables_.width, args.ws, args.neg)) /
                   sizeof(Float4));
    kept_.resize(1000);
  }

  [[nodiscard]] const WordVectorTables& tables() const { return tables_; }
  [[nodiscard]] WordScratch scratch() {
    return word_scratch(&memory_.data()->x, kept_.data(), tables_.width, tables_.ws);
  }

 private:
  void add_subwords() {
    for (int32_t word = 0; word < WordFixture::kWords; ++word) {
      const auto rows = fixture_.subwords.rows_of(word);
      subword_rows_.insert(subword_rows_.end(), rows.begin(), rows.end());
      subword_end_.push_back(static_cast<int64_t>(subword_rows_.size()));
    }
    tables_.subword_end = subword_end_.data();
    tables_.subword_rows = subword_rows_.data();
  }

  WordFixture& fixture_;
  WordVectorTables tables_;
  RowCrowds crowds_;
  std::vector<Float4> memory_;
  std::vector<int32_t> kept_;
  std::vector<int64_t> subword_end_;
  std::vector<int32_t> subword_rows_;
};

// Calls work.operator()<parts, cbow>() as the launch of a kernel does.
template <typename Work>
void with_kernel(const WordVectorTables& tables, bool cbow, Work work) {
  const auto of_parts = [&]<int parts>() {
    if (word_parts(tables.width) != parts) return;
    cbow ? work.template operator()<parts, true>() : work.template operator()<parts, false>();
  };
  of_parts.template operator()<1>();
  of_parts.template operator()<2>();
  of_parts.template operator()<3>();
  of_parts.template operator()<4>();
  of_parts.template operator()<6>();
  of_parts.template operator()<8>();
}

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
