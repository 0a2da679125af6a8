// Vectors that training begins with, of words (word2vec, GloVe, NumPy) or of a model (.bin), whose
// character n-grams are taken over too where the run has the same ones.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/backend.h"
#include "core/bucket_rows.h"
#include "core/vocabulary.h"
#include "core/word_lookup.h"

namespace wordfire {

class PretrainedVectors {
 public:
  // Reads a file of any format that `wordfire convert` reads. Throws what the readers throw, and
  // Error (data) when the vectors have another size than args.dim.
  PretrainedVectors(const std::string& path, const ModelArgs& args);

  // Adds the words to a vocabulary, each as seen once (more), so that those which the text lacks,
  // or has too rarely, get a vector as well: as in fastText. Words that begin with the label
  // prefix or hold a blank are left out.
  void add_words(std::span<const VocabularyCounter> counters, std::string_view label_prefix,
                 Vocabulary& vocabulary) const;
  // Has all buckets trained where those of the file are taken over: each has its value.
  void count_buckets(int32_t nwords, BucketRows& buckets) const;
  // Overwrites the rows of `input` that the file has. Throws Error (model) for a number that is not
  // finite.
  void copy_to(const Dictionary& dictionary, const BucketRows& buckets, SharedMatrix& input) const;

 private:
  void copy_model_rows(const Dictionary& dictionary, const BucketRows& buckets,
                       SharedMatrix& input) const;
  void copy_row(int64_t from, float* to) const;

  std::string path_;
  std::optional<WordLookup> words_;
  std::shared_ptr<const Model> model_;  // whose rows are taken over as they are; or null
};

}  // namespace wordfire
