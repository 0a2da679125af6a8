// Held-out text: read under the finished dictionary, scored between epochs on the weights as they
// stand.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/backend.h"
#include "core/bucket_rows.h"
#include "core/corpus.h"
#include "core/predictor.h"
#include "core/subword_table.h"
#include "io/text_source.h"
#include "train/corpus_storage.h"
#include "train/training_job.h"

namespace wordfire {

struct ValidationText {
  Corpus corpus;
  std::span<int32_t> features;  // those of the corpus, to be renumbered before training
  int64_t lines = 0;            // not blank
  int64_t words = 0;            // tokens that are not labels, without ends of line
  int64_t unknown_words = 0;
  int64_t unknown_labels = 0;
  std::vector<uint64_t> line_hashes;  // of the lines that are not blank, as in CountedBlock
};

// reading: how the paths are read. model: args, dictionary and label prefix. Features are file rows
// (character n-grams included); their buckets are counted. Throws Stopped when `stop` becomes true.
[[nodiscard]] ValidationText read_validation(const std::vector<std::string>& paths,
                                             const TextReading& reading, const Model& model,
                                             std::shared_ptr<StorageBudget> budget,
                                             BucketRows& buckets, const std::atomic<bool>& stop);

// Precision and recall at 1 of the examples in `range`. predictor: over a model whose input rows
// are those of corpus.features and subwords. subwords: of the words in corpus.features; empty where
// they are among the features.
[[nodiscard]] ValidationScore validate(const Predictor& predictor, const Corpus& corpus,
                                       const SubwordTable& subwords, const ExampleRange& range,
                                       int threads);

}  // namespace wordfire
