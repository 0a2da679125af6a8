// The text of the benchmarks of word vectors: one that is read and repeated until it has so many
// tokens, or one that is drawn by Zipf's law.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/gpu/repeated_text.h"
#include "bench/gpu/zipf_text.h"
#include "core/bucket_rows.h"
#include "core/corpus.h"
#include "core/dictionary.h"
#include "core/options.h"
#include "core/subword_table.h"
#include "dist/communicator.h"
#include "train/training_data.h"

namespace wordfire {

struct WordSource {
  std::string name;
  std::shared_ptr<const Dictionary> dictionary;
  std::vector<int64_t> counts;  // of its words
  Corpus once;
  Corpus corpus;  // `once`, as often as it takes

  [[nodiscard]] int64_t words() const { return dictionary->nwords(); }
  [[nodiscard]] int64_t tokens() const { return corpus.tokens_before(corpus.examples()); }
};

[[nodiscard]] inline WordSource zipf_source(int64_t tokens, int64_t words) {
  const auto text = std::make_shared<const ZipfText>(tokens, words);
  std::vector<std::string> texts;
  for (int64_t word = 0; word < words; ++word) texts.push_back(fmt::format("word{:05}", word));
  std::vector<DictionaryEntry> entries;
  for (size_t i = 0; i < texts.size(); ++i) {
    entries.push_back({texts[i], text->counts[i], EntryType::kWord});
  }
  const Corpus corpus{text->ids, text->ends, {}, {}, text->ends, text};
  return {fmt::format("{} words by Zipf's law", words),
          std::make_shared<const Dictionary>(entries, tokens), text->counts, corpus, corpus};
}

// A text, repeated until it has `tokens` tokens. Words that stand there five times or more.
[[nodiscard]] inline WordSource read_source(const std::string& path, int64_t tokens) {
  Options options;
  options.input = {path};
  options.args.model = ModelKind::kSkipgram;
  options.args.loss = LossKind::kNegativeSampling;
  options.args.min_count = 5;
  options.args.bucket = 0;
  options.args.maxn = 0;
  const std::atomic<bool> stop = false;
  const auto ranks = make_one_process();
  const TrainingData data = read_training_data(options, {}, *ranks, 2, stop);
  const std::shared_ptr<const Dictionary> dictionary(data.model, &data.model->dictionary);
  const int64_t repeats = RepeatedText::repeats_for(data.corpus, tokens);
  const auto text = std::make_shared<const RepeatedText>(data.corpus, repeats);
  return {fmt::format("{} {} times", path, repeats), dictionary, dictionary->word_counts(),
          data.corpus, RepeatedText::corpus_of(text)};
}

// The input rows of words with n-grams, in the order in which training lays them.
struct SourceRows {
  SourceRows(const WordSource& source, const ModelArgs& args) : rows(source.words()) {
    if (args.maxn == 0) return;
    constexpr int kThreads = 4;
    subwords = SubwordTable(*source.dictionary, args, kThreads);
    BucketRows buckets(static_cast<int32_t>(source.words()), args.bucket);
    buckets.count(subwords.rows());
    buckets.finish();
    buckets.renumber(subwords.rows());
    rows = buckets.rows();
  }

  SubwordTable subwords;  // empty without n-grams
  int64_t rows;           // of the input matrix
};

}  // namespace wordfire
