#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "core/backend.h"
#include "core/loss.h"
#include "tests/reference/plan_epoch.h"

namespace wordfire {
namespace {

constexpr int32_t kWords = 40;
constexpr int32_t kDim = 12;

// Lines of words of which some keep company: word w stands beside w ^ 1.
struct Lines {
  explicit Lines(int lines) {
    std::mt19937 random(3);
    for (int line = 0; line < lines; ++line) {
      for (uint32_t pairs = random() % 12; pairs > 0; --pairs) {
        const auto word = static_cast<int32_t>(random() % kWords * (random() % 2));
        words.insert(words.end(), {word, word ^ 1});
      }
      words.push_back(0);
      ends.push_back(static_cast<int64_t>(words.size()));
    }
    corpus = {words, ends, {}, {}, ends, nullptr};
    counts.resize(kWords, 1);
    for (const int32_t word : words) ++counts[static_cast<size_t>(word)];
  }

  std::vector<int32_t> words;
  std::vector<int64_t> ends;
  std::vector<int64_t> counts;
  Corpus corpus;
};

struct Case {
  ModelKind model;
  int32_t batch_size;
  bool ngrams;
};

std::string name_of(const testing::TestParamInfo<Case>& info) {
  return std::string(info.param.model == ModelKind::kCbow ? "Cbow" : "Skipgram") +
         (info.param.batch_size > 0 ? "Batch" : "") + (info.param.ngrams ? "Ngrams" : "");
}

using Make = std::unique_ptr<Backend> (*)(const WordVectorTask&);

class WordVectorBackendTest : public testing::TestWithParam<Case> {
 protected:
  WordVectorBackendTest() {
    args_.model = GetParam().model;
    args_.loss = LossKind::kNegativeSampling;
    args_.dim = kDim;
    args_.t = 0.01;
    args_.bucket = GetParam().ngrams ? 50 : 0;
    args_.minn = GetParam().ngrams ? 2 : 0;
    args_.maxn = GetParam().ngrams ? 3 : 0;
    std::vector<std::string> texts;
    for (int32_t i = 0; i < kWords; ++i) texts.push_back("w" + std::to_string(i * 7));
    std::vector<DictionaryEntry> entries;
    for (const std::string& text : texts) entries.push_back({text, 1, EntryType::kWord});
    subwords_ = SubwordTable(Dictionary(entries, 1), args_, 1);
  }

  struct Trained {
    Weights weights;
    std::vector<RangeResult> epochs;
  };

  Trained run(Make make, const Lines& lines, int threads, double lr = 0.05, bool stop_now = false) {
    Trained trained{{SharedMatrix(kWords + args_.bucket, kDim), SharedMatrix(kWords, kDim)}, {}};
    SharedMatrix& input = trained.weights.input;
    for (int64_t i = 0; i < input.rows(); ++i) first_row(1, i, kDim, input.row(i));
    const auto loss = make_loss(args_, lines.counts);
    const WordVectorTask task{.corpus = lines.corpus,
                              .subwords = subwords_,
                              .loss = *loss,
                              .args = args_,
                              .counts = lines.counts,
                              .tokens = lines.ends.back(),
                              .negative_power = 0.5,
                              .batch_size = GetParam().batch_size,
                              .exact = false,
                              .weights = trained.weights,
                              .seed = 9,
                              .threads = threads};
    const auto backend = make(task);
    const std::atomic<bool> stop = stop_now;
    for (int32_t epoch = 0; epoch < 4; ++epoch) {
      trained.epochs.push_back(backend->train(plan_epoch(task.corpus, epoch, 4, lr, stop)));
    }
    return trained;
  }

  static bool same_bits(const SharedMatrix& a, const SharedMatrix& b) {
    return std::memcmp(a.row(0), b.row(0),
                       static_cast<size_t>(SharedMatrix::bytes_for(a.rows(), a.dim()))) == 0;
  }
  static bool same_bits(const Trained& a, const Trained& b) {
    return same_bits(a.weights.input, b.weights.input) &&
           same_bits(a.weights.output, b.weights.output);
  }

  ModelArgs args_;
  SubwordTable subwords_;
};

INSTANTIATE_TEST_SUITE_P(All, WordVectorBackendTest,
                         testing::Values(Case{ModelKind::kSkipgram, 0, false},
                                         Case{ModelKind::kSkipgram, 11, false},
                                         Case{ModelKind::kSkipgram, 0, true},
                                         Case{ModelKind::kCbow, 0, false},
                                         Case{ModelKind::kCbow, 0, true}),
                         name_of);

constexpr Make kBackends[] = {make_word_vector_backend, make_deterministic_word_vector_backend};

TEST_P(WordVectorBackendTest, OneThreadGivesTheSameBitsTwice) {
  const Lines lines(200);
  for (const Make make : kBackends) {
    EXPECT_TRUE(same_bits(run(make, lines, 1), run(make, lines, 1)));
  }
}

TEST_P(WordVectorBackendTest, DeterministicTrainingHasTheSameBitsOnAnyNumberOfThreads) {
  for (const int count : {1, 7, 700}) {
    const Lines lines(count);
    const Trained one = run(make_deterministic_word_vector_backend, lines, 1);
    for (const int threads : {2, 3, 8, 12}) {
      const Trained many = run(make_deterministic_word_vector_backend, lines, threads);
      EXPECT_TRUE(same_bits(one, many)) << threads;
      EXPECT_EQ(one.epochs[3].end.loss_sum, many.epochs[3].end.loss_sum);
    }
  }
}

TEST_P(WordVectorBackendTest, LossesFall) {
  const Lines lines(1000);
  for (const Make make : kBackends) {
    for (const int threads : {1, 2}) {
      const Trained trained = run(make, lines, threads);
      const RangeProgress& first = trained.epochs[0].end;
      const RangeProgress& last = trained.epochs[3].end;
      EXPECT_LT(last.loss_sum / static_cast<double>(last.examples),
                0.95 * first.loss_sum / static_cast<double>(first.examples));
    }
  }
}

TEST_P(WordVectorBackendTest, AnEpochReportsEveryToken) {
  const Lines lines(300);
  for (const Make make : kBackends) {
    const Trained trained = run(make, lines, 3);
    EXPECT_EQ(trained.epochs[0].end.tokens, lines.ends.back());
    EXPECT_NEAR(trained.epochs[0].end.lr, 0.05 * 3 / 4, 1e-6);
  }
}

TEST_P(WordVectorBackendTest, DivergenceIsSeen) {
  const Lines lines(2000);
  for (const Make make : kBackends) {
    const Trained trained = run(make, lines, 2, 1e30);
    EXPECT_TRUE(trained.epochs[3].diverged);
    EXPECT_LT(trained.epochs[3].diverged_example, 2000);
  }
}

TEST_P(WordVectorBackendTest, AStopRequestEndsTheEpochEarly) {
  const Lines lines(20000);
  for (const Make make : kBackends) {
    EXPECT_LT(run(make, lines, 2, 0.05, true).epochs[0].end.tokens, lines.ends.back());
  }
}

}  // namespace
}  // namespace wordfire
