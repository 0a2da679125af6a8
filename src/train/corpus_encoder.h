// From counted text and its dictionary to the corpus that epochs run over.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/bucket_rows.h"
#include "core/corpus.h"
#include "core/model.h"
#include "train/text_counter.h"

namespace wordfire {

struct EncodedCorpus {
  Corpus corpus;
  std::span<int32_t> features;  // those of the corpus, to be renumbered before training
};

// Encodes every line of the training text that has a label and a feature. Features are file rows: a
// word of the vocabulary stands for itself (and for its character n-grams, which SubwordTable
// adds), (nwords + bucket) for a word n-gram and for a character n-gram of a word outside the
// vocabulary. Counts the buckets in `buckets`, if given.
//
// ids: Vocabulary::ids of the text's counters. model: args, dictionary and label prefix.
[[nodiscard]] EncodedCorpus encode_corpus(const CountedText& text,
                                          const std::vector<std::vector<int32_t>>& ids,
                                          const Model& model, std::shared_ptr<StorageBudget> budget,
                                          int threads, BucketRows* buckets);

// Replaces file rows by rows of the trained matrix, on all threads.
void renumber_rows(std::span<int32_t> rows, const BucketRows& buckets, int threads);

// Bytes that encode_corpus() takes for the character n-grams of words outside the vocabulary, not
// counting those in the corpus.
[[nodiscard]] int64_t bytes_of_rare_words(const CountedText& text,
                                          const std::vector<std::vector<int32_t>>& ids,
                                          const Model& model);

}  // namespace wordfire
