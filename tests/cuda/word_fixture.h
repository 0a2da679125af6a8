// A small vocabulary, lines of it, and what a GPU must make of them: the plain reference of
// tests/reference, set to the GPU's schedule.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/backend.h"
#include "core/subsampling.h"
#include "cuda/word_shape.h"
#include "tests/reference/word_vectors.h"

namespace wordfire {

struct WordCase {
  ModelKind model;
  bool ngrams;
  int32_t batch_size;
  int32_t neg;
  int32_t dim;
  int32_t ws = 5;
};

inline std::string name_of_word_case(const testing::TestParamInfo<WordCase>& info) {
  const WordCase& of = info.param;
  return std::string(of.model == ModelKind::kCbow ? "Cbow" : "Skipgram") +
         (of.ngrams ? "Ngrams" : "Words") +
         (of.batch_size > 0 ? "Batch" + std::to_string(of.batch_size) : "") + "Neg" +
         std::to_string(of.neg) + "Dim" + std::to_string(of.dim) + "Ws" + std::to_string(of.ws);
}

// Every kernel, and what is handled in parts: wide rows, many negatives, small batches.
inline constexpr WordCase kWordCases[] = {
    {ModelKind::kSkipgram, false, 0, 5, 10},     {ModelKind::kSkipgram, false, 0, 5, 128},
    {ModelKind::kSkipgram, false, 0, 5, 4},      {ModelKind::kSkipgram, false, 0, 2, 100},
    {ModelKind::kSkipgram, false, 0, 5, 300},    {ModelKind::kSkipgram, false, 0, 40, 20},
    {ModelKind::kSkipgram, false, 4, 5, 200},    {ModelKind::kSkipgram, true, 0, 5, 100},
    {ModelKind::kSkipgram, true, 3, 8, 20},      {ModelKind::kSkipgram, false, 0, 5, 500, 2},
    {ModelKind::kSkipgram, false, 1, 5, 700, 1}, {ModelKind::kSkipgram, true, 0, 3, 1024, 3},
    {ModelKind::kSkipgram, false, 0, 0, 16},     {ModelKind::kCbow, false, 0, 5, 100},
    {ModelKind::kCbow, false, 0, 9, 300},        {ModelKind::kCbow, true, 0, 5, 128},
    {ModelKind::kCbow, true, 0, 12, 600, 3},     {ModelKind::kSkipgram, false, 0, 5, 32, 20}};

class WordFixture {
 public:
  static constexpr int32_t kWords = 30;
  static constexpr uint64_t kSeed = 5;
  static constexpr float kLr = 0.02f;

  explicit WordFixture(const WordCase& of)
      : no_text(),
        args(args_of(of)),
        dictionary(some_words()),
        subwords(dictionary, args, 1),
        counts(dictionary.word_counts()),
        batch_size(of.batch_size),
        negatives(powered_counts(counts, 0.5)),
        subsampling(counts, 1000, args.t),
        loss(make_loss(args, counts)),
        weights{SharedMatrix(kWords + args.bucket, args.dim), SharedMatrix(kWords, args.dim)} {
    plain.args = args;
    plain.batch_size = of.batch_size;
    plain.negatives = negatives;
    plain.keeps_windows = true;
    plain.outputs_at_once = word_outputs(word_parts(padded_width(of.dim)));
    for (int32_t word = 0; word < kWords; ++word) {
      plain.rows_of_word.push_back({word});
      if (subwords.empty()) continue;
      const auto rows = subwords.rows_of(word);
      plain.rows_of_word.back().assign(rows.begin(), rows.end());
    }
    fill(weights.input, 1);
    fill(weights.output, 2);
    copy_to_plain();
  }
  WordFixture(const WordFixture&) = delete;
  WordFixture& operator=(const WordFixture&) = delete;

  static std::vector<int32_t> some_line(uint32_t seed, uint32_t longest = 100) {
    std::mt19937 random(seed);
    std::vector<int32_t> line(random() % longest);
    for (int32_t& word : line) word = static_cast<int32_t>(random() % kWords);
    return line;
  }

  [[nodiscard]] WordVectorTask task(const Corpus& corpus) {
    return {.corpus = corpus,
            .subwords = subwords,
            .loss = *loss,
            .args = args,
            .counts = counts,
            .tokens = 1000,
            .negative_power = 0.5,
            .batch_size = batch_size,
            .exact = false,
            .weights = weights,
            .seed = kSeed,
            .threads = 1};
  }

  // Trains the reference on the words of a line that subsampling leaves.
  void train_plain(const std::vector<int32_t>& line, double lr, Rng& rng) {
    std::vector<int32_t> kept;
    subsampling.keep(line, rng, kept);
    if (args.model == ModelKind::kCbow) return plain.cbow_windows(kept, lr, rng);
    plain.skipgram_windows(kept, lr, rng);
  }
  // The reference goes on from the weights.
  void copy_to_plain() {
    plain.input = rows_of(weights.input);
    plain.output = rows_of(weights.output);
  }
  // The largest difference of a value, as a share of the largest value.
  [[nodiscard]] double distance_to_plain() const {
    return std::max(distance(weights.input, plain.input), distance(weights.output, plain.output));
  }

  const Corpus no_text;
  ModelArgs args;
  Dictionary dictionary;
  SubwordTable subwords;
  std::vector<int64_t> counts;
  int32_t batch_size;
  AliasTable negatives;
  Subsampling subsampling;
  std::unique_ptr<Loss> loss;
  Weights weights;
  reference::WordVectors plain;

 private:
  using Rows = reference::WordVectors::Rows;

  static ModelArgs args_of(const WordCase& of) {
    ModelArgs args;
    args.model = of.model;
    args.loss = LossKind::kNegativeSampling;
    args.dim = of.dim;
    args.neg = of.neg;
    args.ws = of.ws;
    args.t = 0.02;
    args.bucket = of.ngrams ? 40 : 0;
    args.minn = of.ngrams ? 3 : 0;
    args.maxn = of.ngrams ? 4 : 0;
    return args;
  }
  static Dictionary some_words() {
    std::vector<std::string> texts;
    for (int32_t i = 0; i < kWords; ++i) texts.push_back("word" + std::to_string(i * i));
    std::vector<DictionaryEntry> entries;
    for (int32_t i = 0; i < kWords; ++i) {
      entries.push_back({texts[static_cast<size_t>(i)], 100 - 3 * i, EntryType::kWord});
    }
    return {entries, 1000};
  }
  static void fill(SharedMatrix& matrix, uint64_t seed) {
    for (int64_t i = 0; i < matrix.rows(); ++i) {
      first_row(seed, i, matrix.dim(), matrix.row(i));
      // Products of about one.
      const float scale = 1.5f * std::sqrt(static_cast<float>(matrix.dim()));
      for (int32_t j = 0; j < matrix.dim(); ++j) matrix.row(i)[j] *= scale;
    }
  }
  static Rows rows_of(const SharedMatrix& matrix) {
    Rows rows;
    for (int64_t i = 0; i < matrix.rows(); ++i) {
      rows.emplace_back(matrix.row(i), matrix.row(i) + matrix.dim());
    }
    return rows;
  }
  static double distance(const SharedMatrix& fast, const Rows& plain) {
    double most = 0;
    double largest = 0;
    for (size_t i = 0; i < plain.size(); ++i) {
      const float* const row = fast.row(static_cast<int64_t>(i));
      for (size_t j = 0; j < plain[i].size(); ++j) {
        const double d = std::abs(row[j] - plain[i][j]);
        if (!(d <= most)) most = d;
        largest = std::max(largest, std::abs(plain[i][j]));
      }
    }
    return most / largest;
  }
};

}  // namespace wordfire
