#include "core/line_trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <tuple>
#include <vector>

#include "core/loss.h"
#include "tests/reference/word_vectors.h"

namespace wordfire {
namespace {

constexpr int32_t kWords = 30;
constexpr int32_t kDim = 10;
constexpr uint64_t kSeed = 5;
// With n-grams a word moves ten rows, most of them shared: at a higher rate roundings grow.
constexpr float kLr = 0.02f;

Dictionary some_words() {
  std::vector<std::string> texts;
  for (int32_t i = 0; i < kWords; ++i) texts.push_back("word" + std::to_string(i * i));
  std::vector<DictionaryEntry> entries;
  for (int32_t i = 0; i < kWords; ++i) {
    entries.push_back({texts[static_cast<size_t>(i)], 100 - 3 * i, EntryType::kWord});
  }
  return {entries, 1000};
}

std::vector<int32_t> some_line(uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<int32_t> line(random() % 40);
  for (int32_t& word : line) word = static_cast<int32_t>(random() % kWords);
  return line;
}

struct Case {
  ModelKind model;
  bool ngrams;
  bool exact;
  int32_t batch_size;
  int32_t neg;
};

std::string name_of(const testing::TestParamInfo<Case>& info) {
  const Case& of = info.param;
  return std::string(of.model == ModelKind::kCbow ? "Cbow" : "Skipgram") +
         (of.ngrams ? "Ngrams" : "Words") + (of.exact ? "Exact" : "") +
         (of.batch_size > 0 ? "Batch" + std::to_string(of.batch_size) : "") + "Neg" +
         std::to_string(of.neg);
}

ModelArgs args_of(const Case& of) {
  ModelArgs args;
  args.model = of.model;
  args.loss = LossKind::kNegativeSampling;
  args.dim = kDim;
  args.neg = of.neg;
  args.bucket = of.ngrams ? 40 : 0;
  args.minn = of.ngrams ? 3 : 0;
  args.maxn = of.ngrams ? 4 : 0;
  return args;
}

// The trainer and the reference over the same lines.
class LineTrainerTest : public testing::TestWithParam<Case> {
 protected:
  LineTrainerTest()
      : args_(args_of(GetParam())),
        subwords_(dictionary_, args_, 1),
        negatives_(powered_counts(dictionary_.word_counts(), 0.5)),
        loss_(make_loss(args_, dictionary_.word_counts())) {
    weights_ = {SharedMatrix(kWords + args_.bucket, kDim), SharedMatrix(kWords, kDim)};
    fill(weights_.input, 1, plain_.input);
    fill(weights_.output, 2, plain_.output);
    plain_.args = args_;
    plain_.batch_size = GetParam().batch_size;
    plain_.negatives = negatives_;
    for (int32_t word = 0; word < kWords; ++word) {
      plain_.rows_of_word.push_back({word});
      if (subwords_.empty()) continue;
      const auto rows = subwords_.rows_of(word);
      plain_.rows_of_word.back().assign(rows.begin(), rows.end());
    }
  }

  static void fill(SharedMatrix& matrix, uint64_t seed, reference::WordVectors::Rows& plain) {
    for (int64_t i = 0; i < matrix.rows(); ++i) {
      first_row(seed, i, kDim, matrix.row(i));
      for (int32_t j = 0; j < kDim; ++j) matrix.row(i)[j] *= 8;
      plain.emplace_back(matrix.row(i), matrix.row(i) + kDim);
    }
  }

  void train_plain(const std::vector<int32_t>& line, double lr, Rng& rng) {
    if (GetParam().exact) return plain_.plain_order(line, lr, rng);
    if (args_.model == ModelKind::kCbow) return plain_.cbow_windows(line, lr, rng);
    plain_.skipgram_windows(line, lr, rng);
  }

  void train_both(LineTrainer& trainer, uint32_t line, LineLoss& loss) {
    const std::vector<int32_t> words = some_line(line);
    Rng rng(kSeed, 0, line);
    Rng plain_rng(kSeed, 0, line);
    trainer.train(words, kLr, rng, loss);
    train_plain(words, kLr, plain_rng);
    ASSERT_EQ(rng.next(), plain_rng.next()) << "draws differ in line " << line;
  }

  static double distance_of(RowCopies& copies, const reference::WordVectors::Rows& plain) {
    double most = 0;
    for (size_t i = 0; i < plain.size(); ++i) {
      const float* const row = copies.copies().row(copies.place(static_cast<int32_t>(i)));
      for (size_t j = 0; j < kDim; ++j) most = std::max(most, std::abs(row[j] - plain[i][j]));
    }
    return most;
  }
  static double distance(const SharedMatrix& fast, const reference::WordVectors::Rows& plain) {
    double most = 0;
    for (size_t i = 0; i < plain.size(); ++i) {
      for (size_t j = 0; j < kDim; ++j) {
        const double d = std::abs(fast.row(static_cast<int64_t>(i))[j] - plain[i][j]);
        if (!(d <= most)) most = d;
      }
    }
    return most;
  }

  Dictionary dictionary_ = some_words();
  ModelArgs args_;
  SubwordTable subwords_;
  AliasTable negatives_;
  std::unique_ptr<Loss> loss_;
  Weights weights_;
  Corpus corpus_;
  std::vector<int64_t> counts_ = dictionary_.word_counts();
  WordVectorTask task_{.corpus = corpus_,
                       .subwords = subwords_,
                       .loss = *loss_,
                       .args = args_,
                       .counts = counts_,
                       .tokens = 1000,
                       .negative_power = 0.5,
                       .batch_size = GetParam().batch_size,
                       .exact = GetParam().exact,
                       .weights = weights_,
                       .seed = kSeed,
                       .threads = 1};
  reference::WordVectors plain_;
};

// In fastText's order, which has no copies.
constexpr Case kExact[] = {{ModelKind::kSkipgram, false, true, 0, 5},
                           {ModelKind::kSkipgram, true, true, 0, 5},
                           {ModelKind::kCbow, false, true, 0, 5},
                           {ModelKind::kCbow, true, true, 0, 5}};
constexpr Case kWindows[] = {
    {ModelKind::kSkipgram, false, false, 0, 5},  {ModelKind::kSkipgram, true, false, 0, 5},
    {ModelKind::kSkipgram, false, false, 0, 8},  {ModelKind::kSkipgram, false, false, 4, 5},
    {ModelKind::kSkipgram, false, false, 11, 5}, {ModelKind::kSkipgram, true, false, 11, 5},
    {ModelKind::kSkipgram, true, false, 32, 3},  {ModelKind::kCbow, false, false, 0, 5},
    {ModelKind::kCbow, true, false, 0, 2}};
INSTANTIATE_TEST_SUITE_P(Exact, LineTrainerTest, testing::ValuesIn(kExact), name_of);
INSTANTIATE_TEST_SUITE_P(Windows, LineTrainerTest, testing::ValuesIn(kWindows), name_of);

class LineTrainerOnCopiesTest : public LineTrainerTest {};
INSTANTIATE_TEST_SUITE_P(Windows, LineTrainerOnCopiesTest, testing::ValuesIn(kWindows), name_of);

TEST_P(LineTrainerOnCopiesTest, NegativesServeFourTimesUntilARestart) {
  RowCopies input(weights_.input);
  RowCopies output(weights_.output);
  const auto trainer =
      make_line_trainer(task_, negatives_, TrainedRows(input), TrainedRows(output));
  plain_.uses = 4;
  LineLoss loss;
  for (uint32_t line = 0; line < 60; ++line) {
    if (line % 20 == 19) {
      trainer->restart();
      plain_.restart();
    }
    train_both(*trainer, line, loss);
  }
  EXPECT_LT(distance_of(input, plain_.input), 1e-4);
  EXPECT_LT(distance_of(output, plain_.output), 1e-4);
}

TEST_P(LineTrainerTest, MatchesThePlainReferenceStepByStep) {
  const auto trainer = make_line_trainer(task_, negatives_, TrainedRows(weights_.input),
                                         TrainedRows(weights_.output));
  LineLoss loss;
  for (uint32_t line = 0; line < 60; ++line) {
    train_both(*trainer, line, loss);
    ASSERT_LT(distance(weights_.input, plain_.input), 1e-4) << line;
    ASSERT_LT(distance(weights_.output, plain_.output), 1e-4) << line;
  }
  EXPECT_GT(loss.count, 0);
  EXPECT_GT(loss.sum / static_cast<double>(loss.count), 0.5);
}

}  // namespace
}  // namespace wordfire
