#include "train/corpus_encoder.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/parallel.h"
#include "core/subword_table.h"
#include "core/text_features.h"

namespace wordfire {
namespace {

// What a counter's token means under the dictionary.
struct TokenMeaning {
  static constexpr int32_t kUnknownWord = -1;
  static constexpr int32_t kUnknownLabel = std::numeric_limits<int32_t>::min();
  int32_t code;  // a word's id; -2 - label; or one of the above
  uint32_t fnv;

  [[nodiscard]] bool is_word() const { return code >= kUnknownWord; }
  [[nodiscard]] bool is_known_label() const { return code < kUnknownWord && code != kUnknownLabel; }
  [[nodiscard]] int32_t label() const { return -2 - code; }
};

// The meanings of all tokens of one counter, and the character n-grams of its unknown words.
class CounterMeanings {
 public:
  CounterMeanings(const VocabularyCounter& counter, const std::vector<int32_t>& ids,
                  const Model& model) {
    meanings_.reserve(ids.size());
    buckets_.reserve(static_cast<size_t>(buckets_of_unknown(counter, ids, model)));
    std::string bracketed;
    for (int32_t i = 0; i < counter.size(); ++i) {
      const int32_t id = ids[static_cast<size_t>(i)];
      meanings_.push_back({code_of(id, counter.text(i), model), counter.fnv(i)});
      if (model.args.maxn <= 0) continue;
      if (meanings_.back().code == TokenMeaning::kUnknownWord) {
        append_subword_buckets(counter.text(i), model.args, bracketed, buckets_);
      }
      bucket_end_.push_back(static_cast<int64_t>(buckets_.size()));
    }
  }

  // How many buckets all unknown words have together.
  static int64_t buckets_of_unknown(const VocabularyCounter& counter,
                                    const std::vector<int32_t>& ids, const Model& model) {
    int64_t buckets = 0;
    for (int32_t i = 0; i < counter.size() && model.args.maxn > 0; ++i) {
      if (ids[static_cast<size_t>(i)] >= 0 || counter.text(i).starts_with(model.label_prefix)) {
        continue;
      }
      buckets += subword_count(counter.text(i), model.args);
    }
    return buckets;
  }

  [[nodiscard]] TokenMeaning of(int32_t token) const {
    return meanings_[static_cast<size_t>(token)];
  }
  // The buckets of an unknown word; empty for every other token.
  [[nodiscard]] std::span<const int32_t> buckets_of(int32_t token) const {
    if (bucket_end_.empty()) return {};
    const auto t = static_cast<size_t>(token);
    const int64_t begin = t == 0 ? 0 : bucket_end_[t - 1];
    return std::span(buckets_).subspan(static_cast<size_t>(begin),
                                       static_cast<size_t>(bucket_end_[t] - begin));
  }

 private:
  static int32_t code_of(int32_t id, std::string_view text, const Model& model) {
    if (id >= model.dictionary.nwords()) return -2 - (id - model.dictionary.nwords());
    if (id >= 0) return id;
    return text.starts_with(model.label_prefix) ? TokenMeaning::kUnknownLabel
                                                : TokenMeaning::kUnknownWord;
  }

  std::vector<TokenMeaning> meanings_;
  std::vector<int64_t> bucket_end_;
  std::vector<int32_t> buckets_;
};

struct Sizes {
  int64_t examples = 0;
  int64_t features = 0;
  int64_t labels = 0;

  Sizes& operator+=(const Sizes& other) {
    examples += other.examples;
    features += other.features;
    labels += other.labels;
    return *this;
  }
};

// The arrays of a corpus while they are filled.
struct Arrays {
  explicit Arrays(std::shared_ptr<StorageBudget> budget)
      : storage(std::make_shared<StorageArena>(std::move(budget))) {}

  void allocate(const Sizes& sizes) {
    features = storage->allocate<int32_t>(sizes.features);
    feature_end = storage->allocate<int64_t>(sizes.examples);
    labels = storage->allocate<int32_t>(sizes.labels);
    label_end = storage->allocate<int64_t>(sizes.examples);
    token_end = storage->allocate<int64_t>(sizes.examples);
  }
  [[nodiscard]] EncodedCorpus finish() {
    return {{features, feature_end, labels, label_end, token_end, storage}, features};
  }

  std::shared_ptr<StorageArena> storage;
  std::span<int32_t> features;
  std::span<int64_t> feature_end;
  std::span<int32_t> labels;
  std::span<int64_t> label_end;
  std::span<int64_t> token_end;
};

// Number of word n-grams, 2 <= n <= longest, in a line of `words` words.
int64_t word_ngrams_in(int64_t words, int64_t longest) {
  int64_t sum = 0;
  for (int64_t n = 2; n <= longest && n <= words; ++n) sum += words - n + 1;
  return sum;
}

class Encoder {
 public:
  Encoder(const Model& model, const std::vector<CounterMeanings>& meanings)
      : nwords_(model.dictionary.nwords()), args_(model.args), meanings_(meanings) {}

  // What a block will add to the corpus.
  [[nodiscard]] Sizes measure(const CountedBlock& block) const {
    Sizes sizes;
    for (size_t line = 0; line < block.line_end.size(); ++line) {
      const Sizes of_line = measure_line(block, line_of(block, line));
      if (of_line.examples > 0) sizes += of_line;
    }
    return sizes;
  }

  // Writes a block's examples behind those that `at` counts. token_end is left relative to the
  // block.
  void fill(const CountedBlock& block, Sizes at, Arrays& arrays,
            std::vector<uint32_t>& hashes) const {
    int64_t tokens = 0;
    for (size_t line = 0; line < block.line_end.size(); ++line) {
      const std::span<const int32_t> ids = line_of(block, line);
      const Sizes sizes = measure_line(block, ids);
      if (sizes.examples == 0) continue;
      fill_line(block, ids, at, arrays, hashes);
      at += sizes;
      tokens += static_cast<int64_t>(ids.size());
      const auto example = static_cast<size_t>(at.examples - 1);
      arrays.feature_end[example] = at.features;
      arrays.label_end[example] = at.labels;
      arrays.token_end[example] = tokens;
    }
  }

 private:
  static std::span<const int32_t> line_of(const CountedBlock& block, size_t line) {
    const uint32_t begin = line == 0 ? 0 : block.line_end[line - 1];
    return block.tokens.subspan(begin, block.line_end[line] - begin);
  }

  [[nodiscard]] Sizes measure_line(const CountedBlock& block, std::span<const int32_t> ids) const {
    const CounterMeanings& meanings = meanings_[static_cast<size_t>(block.worker)];
    Sizes sizes;
    int64_t words = 0;
    for (const int32_t token : ids) {
      const TokenMeaning meaning = meanings.of(token);
      words += meaning.is_word() ? 1 : 0;
      sizes.labels += meaning.is_known_label() ? 1 : 0;
      sizes.features += meaning.code >= 0 ? 1 : 0;
      if (args_.maxn > 0) sizes.features += static_cast<int64_t>(meanings.buckets_of(token).size());
    }
    if (args_.word_ngrams > 1) sizes.features += word_ngrams_in(words, args_.word_ngrams);
    sizes.examples = sizes.labels > 0 && sizes.features > 0 ? 1 : 0;
    return sizes;
  }

  void fill_line(const CountedBlock& block, std::span<const int32_t> ids, const Sizes& at,
                 Arrays& arrays, std::vector<uint32_t>& hashes) const {
    const CounterMeanings& meanings = meanings_[static_cast<size_t>(block.worker)];
    int32_t* feature = arrays.features.data() + at.features;
    int32_t* label = arrays.labels.data() + at.labels;
    hashes.clear();
    for (const int32_t token : ids) {
      const TokenMeaning meaning = meanings.of(token);
      if (meaning.is_known_label()) *label++ = meaning.label();
      if (!meaning.is_word()) continue;
      hashes.push_back(meaning.fnv);
      if (meaning.code >= 0) *feature++ = meaning.code;
      if (args_.maxn <= 0) continue;
      for (const int32_t bucket : meanings.buckets_of(token)) *feature++ = nwords_ + bucket;
    }
    if (args_.word_ngrams <= 1) return;
    for_each_word_ngram(hashes, args_, [&](int32_t bucket) { *feature++ = nwords_ + bucket; });
  }

  int32_t nwords_;
  const ModelArgs& args_;
  const std::vector<CounterMeanings>& meanings_;
};

std::vector<CounterMeanings> understand(const CountedText& text,
                                        const std::vector<std::vector<int32_t>>& ids,
                                        const Model& model) {
  std::vector<CounterMeanings> meanings;
  meanings.reserve(text.counters.size());
  for (size_t i = 0; i < text.counters.size(); ++i) {
    meanings.emplace_back(text.counters[i], ids[i], model);
  }
  return meanings;
}

// Replaces each block's share by the sum of the shares before it; returns the total.
Sizes running_sum(std::vector<Sizes>& sizes) {
  Sizes sum;
  for (Sizes& block : sizes) {
    const Sizes own = block;
    block = sum;
    sum += own;
  }
  return sum;
}

// token_end was counted from each block's start: make it count from the start of the text.
void join_token_ends(const std::vector<Sizes>& before, int64_t examples,
                     std::span<int64_t> token_end) {
  int64_t tokens = 0;
  for (size_t block = 0; block < before.size(); ++block) {
    const int64_t end = block + 1 < before.size() ? before[block + 1].examples : examples;
    for (int64_t i = before[block].examples; i < end; ++i)
      token_end[static_cast<size_t>(i)] += tokens;
    if (end > before[block].examples) tokens = token_end[static_cast<size_t>(end) - 1];
  }
}

}  // namespace

void renumber_rows(std::span<int32_t> rows, const BucketRows& buckets, int threads) {
  constexpr int64_t kGrain = 1 << 20;
  parallel_for(static_cast<int64_t>(rows.size()), kGrain, threads, [&](int64_t begin, int64_t end) {
    buckets.renumber(rows.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)));
  });
}

int64_t bytes_of_rare_words(const CountedText& text, const std::vector<std::vector<int32_t>>& ids,
                            const Model& model) {
  if (model.args.maxn <= 0) return 0;
  int64_t buckets = 0;
  for (size_t i = 0; i < text.counters.size(); ++i) {
    buckets += CounterMeanings::buckets_of_unknown(text.counters[i], ids[i], model);
  }
  return buckets * int64_t{sizeof(int32_t)};
}

EncodedCorpus encode_corpus(const CountedText& text, const std::vector<std::vector<int32_t>>& ids,
                            const Model& model, std::shared_ptr<StorageBudget> budget, int threads,
                            BucketRows* buckets) {
  const std::vector<CounterMeanings> meanings = understand(text, ids, model);
  const Encoder encoder(model, meanings);
  const auto blocks = static_cast<int64_t>(text.blocks.size());
  std::vector<Sizes> before(text.blocks.size());
  parallel_for(blocks, 1, threads, [&](int64_t begin, int64_t) {
    const auto block = static_cast<size_t>(begin);
    before[block] = encoder.measure(text.blocks[block]);
  });
  const Sizes total = running_sum(before);
  Arrays arrays(std::move(budget));
  arrays.allocate(total);
  parallel_for(blocks, 1, threads, [&](int64_t begin, int64_t) {
    const auto block = static_cast<size_t>(begin);
    std::vector<uint32_t> hashes;
    encoder.fill(text.blocks[block], before[block], arrays, hashes);
    if (buckets == nullptr) return;
    const int64_t end = block + 1 < before.size() ? before[block + 1].features : total.features;
    buckets->count(arrays.features.subspan(static_cast<size_t>(before[block].features),
                                           static_cast<size_t>(end - before[block].features)));
  });
  join_token_ends(before, total.examples, arrays.token_end);
  return arrays.finish();
}

}  // namespace wordfire
