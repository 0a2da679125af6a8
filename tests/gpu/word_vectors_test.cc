// The kernels of word vectors on a real GPU against the plain reference and the CPU.
#include <gtest/gtest.h>

#include <thread>

#include "core/error.h"
#include "cuda/cuda_backend.h"
#include "cuda/device_memory.h"
#include "tests/cuda/word_fixture.h"
#include "tests/gpu/gpu.h"
#include "tests/reference/plan_epoch.h"

namespace wordfire {
namespace {

// Lines of words of which some keep company, as a corpus. tokens_of_word: each word stands for so
// many, of which the others are not in the vocabulary.
struct Text {
  explicit Text(const std::vector<std::vector<int32_t>>& lines, int64_t tokens_of_word = 1) {
    for (const auto& line : lines) {
      words.insert(words.end(), line.begin(), line.end());
      ends.push_back(static_cast<int64_t>(words.size()));
      token_ends.push_back(ends.back() * tokens_of_word);
    }
    corpus = {words, ends, {}, {}, token_ends, nullptr};
  }
  static Text of_company(int lines, int64_t tokens_of_word = 1) {
    std::mt19937 random(3);
    std::vector<std::vector<int32_t>> all(static_cast<size_t>(lines));
    for (auto& line : all) {
      for (uint32_t pairs = 1 + random() % 12; pairs > 0; --pairs) {
        const auto word = static_cast<int32_t>(random() % WordFixture::kWords * (random() % 2));
        line.insert(line.end(), {word, word ^ 1});
      }
    }
    return Text(all, tokens_of_word);
  }

  std::vector<int32_t> words;
  std::vector<int64_t> ends;
  std::vector<int64_t> token_ends;
  Corpus corpus;
};

const std::atomic<bool> kNoStop = false;

class GpuWordVectorsTest : public GpuTest, public testing::WithParamInterface<WordCase> {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    if (!IsSkipped()) fixture_ = std::make_unique<WordFixture>(GetParam());
  }
  // Mean losses of some epochs.
  std::vector<double> losses(Backend& backend, const Corpus& corpus) {
    std::vector<double> means;
    for (int32_t epoch = 0; epoch < 4; ++epoch) {
      const RangeResult result = backend.train(plan_epoch(corpus, epoch, 4, 0.05, kNoStop));
      EXPECT_FALSE(result.diverged);
      EXPECT_EQ(result.end.tokens, corpus.tokens_before(corpus.examples()));
      means.push_back(result.end.loss_sum / static_cast<double>(result.end.examples));
    }
    return means;
  }

  std::unique_ptr<WordFixture> fixture_;
};

INSTANTIATE_TEST_SUITE_P(All, GpuWordVectorsTest, testing::ValuesIn(kWordCases), name_of_word_case);

TEST_P(GpuWordVectorsTest, ALineMovesTheWeightsAsThePlainReferenceDoes) {
  Corpus corpus;
  const auto backend = make_cuda_word_vector_backend(fixture_->task(corpus), device_);
  for (uint32_t seed = 0; seed < 20; ++seed) {
    const std::vector<int32_t> line = WordFixture::some_line(seed);
    const Text text({line});
    corpus = text.corpus;
    RangePlan plan = plan_epoch(corpus, 0, 1, WordFixture::kLr, kNoStop);
    plan.epoch_tokens = 100;
    plan.examples_before = seed;
    (void)backend->train(plan);
    backend->give_weights();
    Rng rng(WordFixture::kSeed, 0, seed);
    fixture_->train_plain(line, WordFixture::kLr, rng);
    ASSERT_LT(fixture_->distance_to_plain(), 1e-5) << "line " << seed;
    fixture_->copy_to_plain();
  }
}

TEST_P(GpuWordVectorsTest, LossesFallAsOnTheCpu) {
  const Text text = Text::of_company(lines_of_text(3000));
  WordFixture on_cpu(GetParam());
  const auto cpu = make_word_vector_backend(on_cpu.task(text.corpus));
  const auto gpu = make_cuda_word_vector_backend(fixture_->task(text.corpus), device_);
  const std::vector<double> want = losses(*cpu, text.corpus);
  const std::vector<double> got = losses(*gpu, text.corpus);
  if (want.back() < want.front()) {  // few lines may not do
    EXPECT_LT(got.back(), got.front());
  }
  EXPECT_NEAR(got.back(), want.back(), 0.05 * want.back());
}

TEST_P(GpuWordVectorsTest, DivergenceIsSeen) {
  const int lines = lines_of_text(2000);
  const Text text = Text::of_company(lines);
  const auto backend = make_cuda_word_vector_backend(fixture_->task(text.corpus), device_);
  RangeResult result;
  for (int32_t epoch = 0; epoch < 4 && !result.diverged; ++epoch) {
    result = backend->train(plan_epoch(text.corpus, epoch, 4, 1e30, kNoStop));
  }
  EXPECT_TRUE(result.diverged);
  EXPECT_LT(result.diverged_example, lines);
}

constexpr WordCase kPlain{ModelKind::kSkipgram, false, 0, 5, 100};

class GpuBackendTest : public GpuTest {
 protected:
  static ErrorKind kind_of(const std::function<void()>& work, const char* words) {
    try {
      work();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
      return error.kind();
    }
    ADD_FAILURE() << "no error";
    return ErrorKind::kInternal;
  }
};

TEST_F(GpuBackendTest, AStopRequestEndsTheRangeEarly) {
  WordFixture fixture(kPlain);
  constexpr int kLines = 1'000'000;
  const int lines = lines_of_text(kLines);
  const Text text = Text::of_company(lines, kLines / lines);  // for more than one launch
  const auto backend = make_cuda_word_vector_backend(fixture.task(text.corpus), device_);
  std::atomic<bool> stop = false;
  int reports = 0;
  const auto plan = plan_epoch(text.corpus, 0, 1, 0.05, stop, [&](const RangeProgress& now) {
    EXPECT_GT(now.tokens, 0);
    if (++reports == 1) stop = true;
  });
  const RangeResult result = backend->train(plan);
  EXPECT_EQ(reports, 1);
  EXPECT_LT(result.end.tokens, text.token_ends.back());
}

TEST_F(GpuBackendTest, TooLittleMemoryIsAUsageErrorBeforeTrainingStarts) {
  WordFixture fixture(kPlain);
  const Text text = Text::of_company(10);
  use_device(device_);
  const DeviceBytes others(free_device_bytes() - (int64_t{64} << 20));
  EXPECT_EQ(
      kind_of([&] { (void)make_cuda_word_vector_backend(fixture.task(text.corpus), device_); },
              "MiB are free"),
      ErrorKind::kUsage);
}

TEST_F(GpuBackendTest, AWindowThatDoesNotFitIsAUsageError) {
  WordFixture fixture({ModelKind::kSkipgram, false, 0, 5, 1000, 300});
  const Text text = Text::of_company(10);
  EXPECT_EQ(
      kind_of([&] { (void)make_cuda_word_vector_backend(fixture.task(text.corpus), device_); },
              "lower -ws, -neg or -dim"),
      ErrorKind::kUsage);
}

TEST_F(GpuBackendTest, RanksShareAGpu) {
  const std::vector<int32_t> line = WordFixture::some_line(7);
  const Text text({line});
  WordFixture fixtures[3] = {WordFixture(kPlain), WordFixture(kPlain), WordFixture(kPlain)};
  std::vector<std::thread> ranks;
  for (WordFixture& fixture : fixtures) {
    ranks.emplace_back([&] {
      const auto backend = make_cuda_word_vector_backend(fixture.task(text.corpus), device_);
      RangePlan plan = plan_epoch(text.corpus, 0, 1, WordFixture::kLr, kNoStop);
      plan.examples_before = 7;
      (void)backend->train(plan);
      backend->give_weights();
    });
  }
  for (std::thread& rank : ranks) rank.join();
  for (WordFixture& fixture : fixtures) {
    Rng rng(WordFixture::kSeed, 0, 7);
    fixture.train_plain(line, WordFixture::kLr, rng);
    EXPECT_LT(fixture.distance_to_plain(), 1e-5);
  }
}

}  // namespace
}  // namespace wordfire
