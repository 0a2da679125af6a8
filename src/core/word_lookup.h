// The vectors of words, wherever they come from: a file of vectors, or a model, which also makes
// vectors for words that it has never seen from their character n-grams (Bojanowski et al.,
// arXiv:1607.04606, section 3.2).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/dictionary.h"
#include "core/model.h"
#include "core/word_vectors.h"

namespace wordfire {

// Immutable; safe to share between threads. Vectors of a model whose numbers are not finite, since
// it is damaged or its training diverged, are errors: nothing that is made of them means anything.
// In a file of vectors there are none.
class WordLookup {
 public:
  explicit WordLookup(std::shared_ptr<const Model> model);
  // Throws Error (model) for a word that stands twice or is empty.
  explicit WordLookup(WordVectors vectors);

  [[nodiscard]] int32_t dim() const { return dim_; }
  // Words of the vocabulary, labels left out.
  [[nodiscard]] int32_t size() const { return dictionary().nwords(); }
  // id in [0, size).
  [[nodiscard]] std::string_view word(int32_t id) const { return dictionary().text(id); }
  // The id of a word of the vocabulary, or -1.
  [[nodiscard]] int32_t find(std::string_view word) const;
  // Whether words outside of the vocabulary have vectors.
  [[nodiscard]] bool has_subwords() const;

  // Working memory of one thread.
  struct Scratch {
    std::string bracketed;
    std::vector<int32_t> rows;
    std::vector<float> mean;
  };
  // out[0, dim) = the vector of `word`: the mean of its own row and those of its n-grams. False,
  // and zeros, where there is neither. Throws Error (model), as does the next.
  bool copy_vector(std::string_view word, Scratch& scratch, float* out) const;
  // out[0, count * dim) = the vectors of the words [first, first + count).
  void copy_rows(int64_t first, int64_t count, float* out) const;

 private:
  [[nodiscard]] const Dictionary& dictionary() const {
    return model_ ? model_->dictionary : words_;
  }

  std::shared_ptr<const Model> model_;  // null: the next two
  Dictionary words_;
  std::vector<float> values_;  // [words, dim]
  int32_t dim_ = 0;
};

// One character n-gram of a word, or the word itself, which comes first if the vocabulary has it.
struct NgramVector {
  std::string text;
  std::vector<float> vector;  // [dim]
};
[[nodiscard]] std::vector<NgramVector> ngram_vectors(const Model& model, std::string_view word);

}  // namespace wordfire
