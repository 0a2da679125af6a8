#include "train/corpus_encoder.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/subword_table.h"
#include "core/text_features.h"
#include "tests/train/text_fixture.h"

namespace wordfire {
namespace {

using Ids = std::vector<int32_t>;

// What encode_line() says of a line that is an example.
struct PlainExample {
  Ids features;
  Ids labels;
  int64_t token_end;
};

// wordNgrams, maxn, minCount, minCountLabel.
using EncoderCase = std::tuple<int32_t, int32_t, int32_t, int32_t>;

class CorpusEncoder : public TextTest, public testing::WithParamInterface<EncoderCase> {
 protected:
  static ModelArgs args() {
    ModelArgs args;
    args.word_ngrams = std::get<0>(GetParam());
    args.maxn = std::get<1>(GetParam());
    args.minn = args.maxn > 0 ? 3 : 0;
    args.bucket = 3000;
    return args;
  }

  // Encodes the files on `threads` threads.
  void encode(const std::vector<std::string>& paths, int threads) {
    const CountedText text = count(paths, threads);
    Vocabulary vocabulary = merge_vocabulary(text.counters, "__label__", std::get<2>(GetParam()),
                                             std::get<3>(GetParam()));
    model_.args = args();
    model_.dictionary = std::move(vocabulary.dictionary);
    buckets_ = BucketRows(model_.dictionary.nwords(), model_.args.bucket);
    encoded_ = encode_corpus(text, vocabulary.ids, model_, large_budget(), threads, &buckets_);
  }

  [[nodiscard]] std::vector<PlainExample> plain_examples() const {
    std::vector<PlainExample> examples;
    LineFeatures line;
    int64_t tokens = 0;
    for (const std::string& text : lines()) {
      encode_line(model_, text, line);
      if (line.labels.empty() || line.features.empty()) continue;
      tokens += line.ntokens;
      examples.push_back({line.features, line.labels, tokens});
    }
    return examples;
  }

  // Example i with the character n-grams of its words.
  [[nodiscard]] Ids features_of(const SubwordTable& subwords, int64_t i) const {
    const auto features = encoded_.corpus.features_of(i);
    Ids rows(features.begin(), features.end());
    if (!subwords.empty()) subwords.expand(features, rows);
    return rows;
  }

  Model model_;
  BucketRows buckets_{0, 0};
  EncodedCorpus encoded_;
};
INSTANTIATE_TEST_SUITE_P(Options, CorpusEncoder,
                         testing::Combine(testing::Values(1, 2, 3), testing::Values(0, 6),
                                          testing::Values(1, 4), testing::Values(0, 20)));

TEST_P(CorpusEncoder, EachLineIsWhatEncodeLineSays) {
  const std::vector<std::string> paths = write_files(12'000);
  for (const int threads : {1, 2, 3, 4}) {
    encode(paths, threads);
    const SubwordTable subwords(model_.dictionary, model_.args, 1);
    const std::vector<PlainExample> expected = plain_examples();
    const Corpus& corpus = encoded_.corpus;
    ASSERT_EQ(corpus.examples(), static_cast<int64_t>(expected.size()));
    for (int64_t i = 0; i < corpus.examples(); ++i) {
      const PlainExample& example = expected[static_cast<size_t>(i)];
      const auto labels = corpus.labels_of(i);
      ASSERT_EQ(features_of(subwords, i), example.features) << i;
      ASSERT_EQ(Ids(labels.begin(), labels.end()), example.labels) << i;
      ASSERT_EQ(corpus.token_end[static_cast<size_t>(i)], example.token_end) << i;
    }
  }
}

TEST_P(CorpusEncoder, EveryBucketOfTheCorpusIsCounted) {
  encode(write_files(3000), 4);
  std::set<int32_t> used;
  for (const int32_t row : encoded_.corpus.features) {
    if (row >= model_.dictionary.nwords()) used.insert(row);
  }
  buckets_.finish();
  for (int32_t bucket = 0; bucket < model_.args.bucket; ++bucket) {
    const int32_t row = model_.dictionary.nwords() + bucket;
    ASSERT_EQ(buckets_.trained_row(row) >= 0, used.contains(row)) << bucket;
  }
}

TEST_P(CorpusEncoder, TheFeaturesThatMayBeRenumberedAreThoseOfTheCorpus) {
  encode(write_files(300), 2);
  EXPECT_EQ(encoded_.features.data(), encoded_.corpus.features.data());
  EXPECT_EQ(encoded_.features.size(), encoded_.corpus.features.size());
  EXPECT_EQ(encoded_.corpus.feature_end.back(),
            static_cast<int64_t>(encoded_.corpus.features.size()));
}

}  // namespace
}  // namespace wordfire
