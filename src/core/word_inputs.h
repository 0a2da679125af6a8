// The input vectors of the words of a line while the window passes over them. Without character
// n-grams they are the rows of the matrix. With them a word's vector is built from its rows once,
// moved in each window, and what it has moved is added to the rows once, when the window has
// passed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/backend.h"
#include "core/row_copies.h"

namespace wordfire {

class WordInputs {
 public:
  enum class Form {
    kMean,  // of the word's rows: the hidden vector of skipgram
    kSum    // of the rows: a share of the hidden vector of CBOW
  };
  // span: most positions that are in use at a time.
  WordInputs(const WordVectorTask& task, TrainedRows input, Form form, int64_t span);

  // Begins a line: words of the vocabulary, which outlive it.
  void begin(std::span<const int32_t> words);
  // Makes the vectors of positions [0, end) ready; end <= words.
  void enter(int64_t end);
  // Writes back those of positions [0, end).
  void leave(int64_t end);

  // padded_width(dim) floats, zero behind dim; position: entered, not left.
  [[nodiscard]] float* vector(int64_t position) {
    return subwords_.empty() ? input_.row(words_[static_cast<size_t>(position)]) : slot(position);
  }
  // Rows that the vector of a position consists of.
  [[nodiscard]] int64_t rows(int64_t position) const {
    const int32_t word = words_[static_cast<size_t>(position)];
    return subwords_.empty() ? 1 : static_cast<int64_t>(subwords_.rows_of(word).size());
  }

 private:
  float* slot(int64_t position) { return &moved_[static_cast<size_t>(position % span_ * width_)]; }
  float* first(int64_t position) { return &first_[static_cast<size_t>(position % span_ * width_)]; }

  TrainedRows input_;
  const SubwordTable& subwords_;
  Form form_;
  int64_t span_;
  int64_t width_;
  std::span<const int32_t> words_;
  int64_t entered_ = 0;
  int64_t left_ = 0;
  std::vector<float> moved_;  // [span, width]
  std::vector<float> first_;  // [span, width]: when it entered
  std::vector<int32_t> places_;
};

}  // namespace wordfire
