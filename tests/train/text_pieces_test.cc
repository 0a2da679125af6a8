#include "train/text_pieces.h"

#include <gtest/gtest.h>

#include <numeric>

#include "core/stopped.h"
#include "tests/train/text_fixture.h"
#include "train/corpus_encoder.h"
#include "train/word_encoder.h"

namespace wordfire {
namespace {

constexpr int64_t kLeast = 1;  // bytes: pieces are as small as they get
const std::atomic<bool> go_on = false;

// A corpus, or the pieces of one, with all numbers counted from the start of the text.
struct Flat {
  std::vector<int32_t> features;
  std::vector<int64_t> feature_end;
  std::vector<int32_t> labels;
  std::vector<int64_t> token_end;
  friend bool operator==(const Flat&, const Flat&) = default;

  void add(const Corpus& corpus, int64_t tokens_before) {
    const auto before = static_cast<int64_t>(features.size());
    features.insert(features.end(), corpus.features.begin(), corpus.features.end());
    labels.insert(labels.end(), corpus.labels.begin(), corpus.labels.end());
    for (const int64_t end : corpus.feature_end) feature_end.push_back(before + end);
    for (const int64_t end : corpus.token_end) token_end.push_back(tokens_before + end);
  }
};

class TextPiecesTest : public TextTest {
 protected:
  // Lines that all have a label: of each token the places before it are then known.
  void prepare(const ModelArgs& args, int lines) {
    std::string text;
    for (int i = 0; i < lines; ++i) {
      text += "__label__" + std::to_string(i % 7) + " word" + std::to_string(i % 1000) + " rare" +
              std::to_string(i) + " some words of a line that is long enough\n";
    }
    paths_ = {write("text", text)};
    const CountedText counted = count(paths_, 2);
    Vocabulary vocabulary = merge_vocabulary(counted.counters, "__label__", 2, 0);
    model_.args = args;
    model_.label_prefix = "__label__";
    model_.dictionary = std::move(vocabulary.dictionary);
    buckets_ = BucketRows(model_.dictionary.nwords(), args.bucket);
    std::vector<int32_t> all(static_cast<size_t>(args.bucket));
    std::iota(all.begin(), all.end(), model_.dictionary.nwords());
    buckets_.count(all);
    buckets_.finish();
    encode(counted, vocabulary.ids);
  }

  void encode(const CountedText& counted, const std::vector<std::vector<int32_t>>& ids) {
    if (model_.args.model != ModelKind::kSupervised) {
      whole_.add(encode_words(counted, ids, model_.dictionary, large_budget(), 2), 0);
      return;
    }
    const EncodedCorpus encoded = encode_corpus(counted, ids, model_, large_budget(), 2, nullptr);
    renumber_rows(encoded.features, buckets_, 2);
    whole_.add(encoded.corpus, 0);
  }

  // One pass; pieces_ counts its pieces.
  Flat read(TextPieces& text) {
    Flat all;
    pieces_ = 0;
    text.begin_pass();
    while (const auto piece = text.next(model_, buckets_)) {
      EXPECT_EQ(piece->examples_before, static_cast<int64_t>(all.feature_end.size()));
      const int64_t before = all.token_end.empty() ? 0 : all.token_end.back();
      EXPECT_EQ(piece->tokens_before, before);
      all.add(piece->corpus, before);
      ++pieces_;
    }
    return all;
  }

  std::vector<std::string> paths_;
  Model model_;
  BucketRows buckets_{0, 0};
  Flat whole_;
  int pieces_ = 0;
};

TEST_F(TextPiecesTest, TogetherTheyAreTheCorpusInEveryPass) {
  ModelArgs args;
  args.word_ngrams = 2;
  args.minn = 3;
  args.maxn = 4;
  args.bucket = 500;
  prepare(args, 75000);
  for (const int threads : {1, 3}) {
    TextPieces text(paths_, {}, kLeast, threads, go_on);
    for (int pass = 0; pass < 2; ++pass) EXPECT_TRUE(read(text) == whole_);
    EXPECT_EQ(pieces_, 5);
  }
}

TEST_F(TextPiecesTest, OfWordsTheyAreTheLines) {
  ModelArgs args;
  args.model = ModelKind::kSkipgram;
  args.bucket = 0;
  prepare(args, 40000);
  TextPieces text(paths_, {}, kLeast, 2, go_on);
  Flat all = read(text);
  EXPECT_GT(pieces_, 1);
  // Labels and rare words are tokens, too: what is counted of a piece ends with its text.
  EXPECT_EQ(all.token_end.back(), text.tokens());
  EXPECT_GT(all.token_end.back(), whole_.token_end.back());
  EXPECT_TRUE(std::is_sorted(all.token_end.begin(), all.token_end.end()));
  all.token_end = whole_.token_end;
  EXPECT_TRUE(all == whole_);
}

TEST_F(TextPiecesTest, PiecesWithoutAnExampleAreLeftOut) {
  prepare({}, 20);
  std::string blank(3 << 20, '\n');
  paths_ = {write("blank", blank), paths_[0], write("unlabelled", "some words\n")};
  TextPieces text(paths_, {}, kLeast, 2, go_on);
  text.begin_pass();
  const auto piece = text.next(model_, buckets_);
  ASSERT_TRUE(piece.has_value());
  EXPECT_EQ(piece->corpus.examples(), 20);
  EXPECT_EQ(piece->examples_before, 0);
  EXPECT_GT(piece->tokens_before, 1 << 20);
  EXPECT_FALSE(text.next(model_, buckets_).has_value());
}

TEST_F(TextPiecesTest, StoppedInBetween) {
  prepare({}, 20);
  const std::atomic<bool> stop = true;
  TextPieces text(paths_, {}, kLeast, 2, stop);
  text.begin_pass();
  EXPECT_THROW((void)text.next(model_, buckets_), Stopped);
}

}  // namespace
}  // namespace wordfire
