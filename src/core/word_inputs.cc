#include "core/word_inputs.h"

#include <algorithm>

#include "core/row_kernels.h"

namespace wordfire {

WordInputs::WordInputs(const WordVectorTask& task, TrainedRows input, Form form, int64_t span)
    : input_(input),
      subwords_(task.subwords),
      form_(form),
      span_(span),
      width_(buffer_width(input.dim())) {
  if (subwords_.empty()) return;
  moved_.resize(static_cast<size_t>(span * width_));
  first_.resize(moved_.size());
}

void WordInputs::begin(std::span<const int32_t> words) {
  words_ = words;
  entered_ = 0;
  left_ = 0;
}

void WordInputs::enter(int64_t end) {
  if (subwords_.empty()) {
    for (; entered_ < end; ++entered_) input_.prefetch(words_[static_cast<size_t>(entered_)]);
    return;
  }
  for (; entered_ < end; ++entered_) {
    const auto rows = subwords_.rows_of(words_[static_cast<size_t>(entered_)]);
    float* const vector = slot(entered_);
    input_.matrix().mean_of_rows(input_.places(rows, places_), 0, vector);
    if (form_ == Form::kSum) kernels::scale(vector, width_, static_cast<float>(rows.size()));
    std::copy(vector, vector + width_, first(entered_));
  }
}

void WordInputs::leave(int64_t end) {
  if (subwords_.empty()) return;
  for (; left_ < end; ++left_) {
    const auto rows = subwords_.rows_of(words_[static_cast<size_t>(left_)]);
    float* const vector = slot(left_);
    // What a gradient of the mean, or of the sum, adds to each of the rows.
    kernels::add_scaled(first(left_), -1, static_cast<int32_t>(width_), vector);
    if (form_ == Form::kSum) kernels::scale(vector, width_, 1.0f / static_cast<float>(rows.size()));
    input_.matrix().add_to_rows(input_.places(rows, places_), vector);
  }
}

}  // namespace wordfire
