#include "core/text_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "core/model.h"
#include "tests/reference/plain_text.h"

namespace wordfire {
namespace {

using Buckets = std::vector<int32_t>;

ModelArgs subword_args(int32_t minn, int32_t maxn, int32_t bucket) {
  ModelArgs args;
  args.minn = minn;
  args.maxn = maxn;
  args.bucket = bucket;
  return args;
}

ModelArgs word_ngram_args(int32_t word_ngrams, int32_t bucket) {
  ModelArgs args;
  args.word_ngrams = word_ngrams;
  args.bucket = bucket;
  return args;
}

Buckets buckets_of(const std::string& word, const ModelArgs& args) {
  Buckets buckets;
  std::string bracketed;
  append_subword_buckets(word, args, bracketed, buckets);
  return buckets;
}

Buckets plain_buckets_of(const std::string& word, const ModelArgs& args) {
  Buckets buckets;
  for (const std::string& subword : reference::subwords_of(word, args)) {
    buckets.push_back(
        static_cast<int32_t>(reference::hash_of(subword) % static_cast<uint32_t>(args.bucket)));
  }
  return buckets;
}

TEST(Hash, IsFnv1aOverSignedBytes) {
  EXPECT_EQ(fnv1a(""), 0x811c9dc5u);
  EXPECT_EQ(fnv1a("a"), 0xe40c292cu);
  EXPECT_EQ(fnv1a("foobar"), 0xbf9cf968u);
  // Above 127 the sign shows: plain FNV-1a of the byte 255 is 0x7a0b824e.
  EXPECT_EQ(fnv1a("\xff"), 0xf9f3a14eu);
  EXPECT_EQ(fnv1a("\xc3\xa9"), 0x3cfa68c1u);
}

TEST(Subwords, AreThoseOfThePaper) {
  // Bojanowski et al., section 3.2: where, n = 3 gives <wh, whe, her, ere, re>.
  EXPECT_EQ(reference::subwords_of("where", subword_args(3, 3, 1)),
            std::vector<std::string>({"<wh", "whe", "her", "ere", "re>"}));
  EXPECT_EQ(buckets_of("where", subword_args(3, 3, 2'000'000)),
            Buckets({167652, 420941, 1473420, 1529033, 867498}));
}

TEST(Subwords, CountCharactersAndNotBytes) {
  EXPECT_EQ(buckets_of("é", subword_args(1, 3, 1000)), Buckets({627, 231, 777, 781}));
}

TEST(Subwords, TheEndOfLineHasNone) {
  EXPECT_TRUE(buckets_of("</s>", subword_args(1, 6, 1000)).empty());
  EXPECT_FALSE(buckets_of("</s", subword_args(1, 6, 1000)).empty());
}

TEST(Subwords, WithoutALengthOrABucketThereAreNone) {
  EXPECT_TRUE(buckets_of("where", subword_args(0, 0, 1000)).empty());
  EXPECT_TRUE(buckets_of("where", subword_args(3, 6, 0)).empty());
}

TEST(Subwords, FollowThePlainRuleInEveryScript) {
  const std::vector<std::string> words = {"a",
                                          "ab",
                                          "where",
                                          "日本語",
                                          "naïveté",
                                          "<",
                                          ">",
                                          "😀",
                                          "<>",
                                          "e\u0301",
                                          std::string(100, 'x')};
  for (const std::string& word : words) {
    for (int32_t minn = 0; minn <= 7; ++minn) {
      for (int32_t maxn = minn; maxn <= 7; ++maxn) {
        const ModelArgs args = subword_args(minn, maxn, 997);
        EXPECT_EQ(buckets_of(word, args), plain_buckets_of(word, args)) << word << minn << maxn;
      }
    }
  }
}

TEST(Subwords, FollowThePlainRuleInBytesThatAreNoText) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string word;
    for (size_t size = 1 + random() % 12; word.size() < size;) {
      word += static_cast<char>(random() % 3 == 0 ? 0x80 + random() % 64 : 1 + random() % 255);
    }
    const ModelArgs args = subword_args(1 + round % 3, 3 + round % 4, 1 << 20);
    EXPECT_EQ(buckets_of(word, args), plain_buckets_of(word, args)) << round;
  }
}

TEST(WordNgrams, HashesAreSignExtended) {
  const std::vector<uint32_t> hashes = {fnv1a("the"), fnv1a("hello"), fnv1a("world")};
  EXPECT_EQ(begin_word_ngram(hashes[0]), 0xffffffffb40eb21cu);
  EXPECT_EQ(extend_word_ngram(begin_word_ngram(hashes[1]), hashes[2]), 155022432149485020u);
  Buckets buckets;
  for_each_word_ngram(hashes, word_ngram_args(3, 2'000'000),
                      [&](int32_t bucket) { buckets.push_back(bucket); });
  EXPECT_EQ(buckets, Buckets({1827103, 692888, 1485020}));
}

TEST(WordNgrams, FollowThePlainRule) {
  std::vector<std::string> words;
  for (int size = 0; size < 12; ++size) {
    std::vector<uint32_t> hashes;
    for (const std::string& word : words) hashes.push_back(fnv1a(word));
    for (int32_t n = 1; n <= 6; ++n) {
      const ModelArgs args = word_ngram_args(n, 12345);
      Buckets buckets;
      for_each_word_ngram(hashes, args, [&](int32_t bucket) { buckets.push_back(bucket); });
      EXPECT_EQ(buckets, reference::word_ngram_buckets(words, args)) << size << " " << n;
    }
    words.push_back("word" + std::to_string(size * size));
  }
}

// A model over a few words, to look lines up.
Model small_model(const ModelArgs& args) {
  Model model;
  model.args = args;
  model.dictionary = Dictionary({{"the", 9, EntryType::kWord},
                                 {"</s>", 7, EntryType::kWord},
                                 {"cat", 5, EntryType::kWord},
                                 {"__label__a", 4, EntryType::kLabel},
                                 {"__label__b", 3, EntryType::kLabel}},
                                100);
  return model;
}

LineFeatures encode(const Model& model, std::string_view text) {
  LineFeatures line;
  encode_line(model, text, line);
  return line;
}

TEST(EncodeLine, FindsWordsLabelsAndTheEndOfLine) {
  const LineFeatures line = encode(small_model(word_ngram_args(1, 0)),
                                   " __label__b the\tdog  cat __label__x __label__a the\r\n");
  EXPECT_EQ(line.features, Buckets({0, 2, 0, 1}));
  EXPECT_EQ(line.labels, Buckets({1, 0}));
  EXPECT_EQ(line.ntokens, 8);
}

// The tokens by the plain rule, byte by byte.
std::vector<std::string> plain_tokens(std::string_view text) {
  std::vector<std::string> tokens;
  bool in_token = false;
  for (const char c : text) {
    if (!is_separator(c) && !in_token) tokens.emplace_back();
    in_token = !is_separator(c);
    if (in_token) tokens.back() += c;
  }
  if (text.ends_with('\n')) tokens.emplace_back(kEndOfLine);
  return tokens;
}

TEST(SplitLine, FollowsThePlainRuleAtEveryLength) {
  std::mt19937 random(1);
  LineFeatures line;
  for (size_t size = 0; size < 300; ++size) {
    std::string text;
    while (text.size() < size) text += random() % 4 == 0 ? ' ' : 'x';
    for (const char* end : {"", "\n", " \n", "\r"}) {
      split_line(text + end, line);
      EXPECT_EQ(std::vector<std::string>(line.tokens.begin(), line.tokens.end()),
                plain_tokens(text + end));
    }
  }
}

TEST(EncodeLine, WithoutANewlineThereIsNoEndOfLine) {
  EXPECT_EQ(encode(small_model(word_ngram_args(1, 0)), "the cat").features, Buckets({0, 2}));
  EXPECT_TRUE(encode(small_model(word_ngram_args(1, 0)), "").features.empty());
  EXPECT_EQ(encode(small_model(word_ngram_args(1, 0)), "\n").features, Buckets({1}));
}

TEST(EncodeLine, WordNgramsGoOverUnknownWordsButNotOverLabels) {
  const ModelArgs args = word_ngram_args(2, 1000);
  Buckets expected = {0, 2, 1};
  for (const int32_t bucket : reference::word_ngram_buckets({"the", "dog", "cat", "</s>"}, args)) {
    expected.push_back(3 + bucket);
  }
  EXPECT_EQ(encode(small_model(args), "the __label__a dog cat __label__x\n").features, expected);
}

TEST(EncodeLine, WordNgramsKeepTheirOrderWhateverTheirLength) {
  const std::string text = "the cat the dog the cat";
  const std::vector<std::string> words = {"the", "cat", "the", "dog", "the", "cat"};
  const Buckets ids = {0, 2, 0, -1, 0, 2};
  for (size_t n = 0; n <= words.size(); ++n) {
    for (const int32_t longest : {1, 2, 3, 4, 7}) {
      const ModelArgs args = word_ngram_args(longest, 1000);
      Buckets expected;
      std::copy_if(ids.begin(), ids.begin() + static_cast<ptrdiff_t>(n),
                   std::back_inserter(expected), [](int32_t id) { return id >= 0; });
      for (const int32_t bucket : reference::word_ngram_buckets(
               {words.begin(), words.begin() + static_cast<ptrdiff_t>(n)}, args)) {
        expected.push_back(3 + bucket);
      }
      EXPECT_EQ(encode(small_model(args), text.substr(0, 4 * n)).features, expected) << n;
    }
  }
}

TEST(EncodeLine, SubwordsFollowTheirWordAndStandForAnUnknownOne) {
  const ModelArgs args = subword_args(2, 3, 1000);
  Buckets expected = {2};
  for (const std::string word : {"cat", "dog"}) {
    for (const int32_t bucket : plain_buckets_of(word, args)) expected.push_back(3 + bucket);
  }
  expected.push_back(1);
  EXPECT_EQ(encode(small_model(args), "__label__a cat dog\n").features, expected);
}

TEST(EncodeLine, ALineIsForgottenWithTheNext) {
  const Model model = small_model(word_ngram_args(2, 1000));
  LineFeatures line;
  encode_line(model, "__label__a the cat sat on the mat\n", line);
  encode_line(model, "cat", line);
  EXPECT_EQ(line.features, Buckets({2}));
  EXPECT_TRUE(line.labels.empty());
  EXPECT_EQ(line.ntokens, 1);
}

TEST(EncodeLine, BucketsThatWerePrunedAreLeftOut) {
  const ModelArgs args = word_ngram_args(2, 1000);
  const int32_t kept = reference::word_ngram_buckets({"the", "cat"}, args)[0];
  Model model = small_model(args);
  model.dictionary =
      Dictionary({{"the", 1, EntryType::kWord}, {"cat", 1, EntryType::kWord}}, 2, 1, {{kept, 0}});
  EXPECT_EQ(encode(model, "the cat the").features, Buckets({0, 1, 0, 2}));
}

}  // namespace
}  // namespace wordfire
