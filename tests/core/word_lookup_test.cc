#include "core/word_lookup.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/text_features.h"

namespace wordfire {
namespace {

using Values = std::vector<float>;

// Two words, one label, eight buckets; row i of the matrix is (i, 100 + i).
class WordLookupTest : public testing::Test {
 protected:
  static constexpr int32_t kDim = 2;
  static constexpr int32_t kBuckets = 8;

  // first: the first number of the matrix.
  static std::shared_ptr<const Model> model(int32_t minn, int32_t maxn, float first = 0) {
    const auto model = std::make_shared<Model>();
    model->args.dim = kDim;
    model->args.minn = minn;
    model->args.maxn = maxn;
    model->args.bucket = maxn > 0 ? kBuckets : 0;
    model->dictionary = Dictionary({{"</s>", 9, EntryType::kWord},
                                    {"ab", 5, EntryType::kWord},
                                    {"__label__x", 3, EntryType::kLabel}},
                                   17);
    const int32_t rows = 2 + model->args.bucket;
    const auto values = std::make_shared<Values>();
    for (int32_t i = 0; i < rows; ++i) {
      values->insert(values->end(), {static_cast<float>(i), static_cast<float>(100 + i)});
    }
    values->front() = first;
    values->resize(values->size() + kRowSlack / sizeof(float));
    model->input.dense = {reinterpret_cast<const std::byte*>(values->data()), rows, kDim,
                          kDim * sizeof(float)};
    model->storage = values;
    return model;
  }
  static float mean_of(const std::vector<int32_t>& rows) {
    return static_cast<float>(std::accumulate(rows.begin(), rows.end(), 0)) /
           static_cast<float>(rows.size());
  }
  static std::vector<int32_t> bucket_rows(const std::string& word, const Model& model) {
    std::string bracketed;
    std::vector<int32_t> rows;
    append_subword_buckets(word, model.args, bracketed, rows);
    for (int32_t& row : rows) row += 2;
    return rows;
  }
  static Values vector_of(const WordLookup& words, std::string_view word) {
    WordLookup::Scratch scratch;
    Values out(static_cast<size_t>(words.dim()), -1.0f);
    return words.copy_vector(word, scratch, out.data()) ? out : Values(out.size(), -2.0f);
  }
};

TEST_F(WordLookupTest, WordIsTheMeanOfItsRowAndItsNgrams) {
  const auto shared = model(2, 3);
  std::vector<int32_t> rows = bucket_rows("ab", *shared);
  ASSERT_EQ(rows.size(), 5u);  // <a ab b> <ab ab>
  rows.push_back(1);
  const float mean = mean_of(rows);
  const Values vector = vector_of(WordLookup(shared), "ab");
  EXPECT_FLOAT_EQ(vector[0], mean);
  EXPECT_FLOAT_EQ(vector[1], 100 + mean);
}

TEST_F(WordLookupTest, UnknownWordIsTheMeanOfItsNgrams) {
  const auto shared = model(2, 3);
  const WordLookup words(shared);
  EXPECT_EQ(words.find("abc"), -1);
  EXPECT_FLOAT_EQ(vector_of(words, "abc")[0], mean_of(bucket_rows("abc", *shared)));
}

TEST_F(WordLookupTest, EndOfLineHasNoNgrams) {
  EXPECT_EQ(vector_of(WordLookup(model(2, 3)), "</s>"), (Values{0, 100}));
}

TEST_F(WordLookupTest, WithoutNgramsUnknownWordsHaveNoVector) {
  const WordLookup words(model(0, 0));
  EXPECT_FALSE(words.has_subwords());
  WordLookup::Scratch scratch;
  Values out = {1, 1};
  EXPECT_FALSE(words.copy_vector("abc", scratch, out.data()));
  EXPECT_EQ(out, (Values{0, 0}));
}

TEST_F(WordLookupTest, LabelsAreNoWords) {
  const WordLookup words(model(0, 0));
  EXPECT_EQ(words.size(), 2);
  EXPECT_EQ(words.find("__label__x"), -1);
}

TEST_F(WordLookupTest, RowsAreTheVectorsOfTheWords) {
  const WordLookup words(model(2, 3));
  Values rows(4);
  words.copy_rows(0, 2, rows.data());
  const Values ab = vector_of(words, "ab");
  EXPECT_EQ(rows, (Values{0, 100, ab[0], ab[1]}));
}

TEST_F(WordLookupTest, VectorsThatAreNotFiniteAreErrors) {
  for (const float wrong : {std::nanf(""), INFINITY, -INFINITY}) {
    const WordLookup words(model(0, 0, wrong));
    EXPECT_THROW((void)vector_of(words, "</s>"), Error);
    Values rows(4);
    EXPECT_THROW(words.copy_rows(0, 2, rows.data()), Error);
    EXPECT_EQ(vector_of(words, "ab"), (Values{1, 101}));
  }
}

TEST_F(WordLookupTest, VectorsOfAFileAreFoundByWord) {
  const WordLookup words(WordVectors{2, {"b", "a"}, {1, 2, 3, 4}});
  EXPECT_EQ(words.size(), 2);
  EXPECT_EQ(words.word(1), "a");
  EXPECT_EQ(words.find("a"), 1);
  EXPECT_EQ(vector_of(words, "a"), (Values{3, 4}));
  EXPECT_EQ(vector_of(words, "c"), (Values{-2, -2}));
}

TEST_F(WordLookupTest, NgramsOfAWordComeBehindIt) {
  const auto shared = model(2, 3);
  const std::vector<int32_t> rows = bucket_rows("ab", *shared);
  const auto ngrams = ngram_vectors(*shared, "ab");
  const std::vector<std::string> texts = {"ab", "<a", "<ab", "ab", "ab>", "b>"};
  ASSERT_EQ(ngrams.size(), texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(ngrams[i].text, texts[i]);
    EXPECT_FLOAT_EQ(ngrams[i].vector[0], i == 0 ? 1.0f : static_cast<float>(rows[i - 1]));
  }
  EXPECT_EQ(ngram_vectors(*shared, "abc")[0].text, "<a");
  EXPECT_EQ(ngram_vectors(*shared, "</s>").size(), 1u);
}

}  // namespace
}  // namespace wordfire
