// Labels for a line of text, as fastText's `predict` gives them (Joulin et al., arXiv:1607.01759),
// with true probabilities: at most 1, and those of softmax sum to 1.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "core/text_features.h"

namespace wordfire {

struct Prediction {
  float probability;
  int32_t label;  // [0, nlabels)
};

// Working memory of one thread; reused from line to line.
struct PredictScratch {
  LineFeatures line;
  std::vector<float> hidden;
  std::vector<float> output;
};

// Thread-safe: one Predictor, one PredictScratch a thread.
class Predictor {
 public:
  explicit Predictor(std::shared_ptr<const Model> model);
  ~Predictor();

  [[nodiscard]] const Model& model() const { return *model_; }

  // Reads one line: its features and true labels. `line` ends in '\n' where the text had one; the
  // end-of-line token depends on it. The result lies in scratch.line.
  const LineFeatures& encode(std::string_view line, PredictScratch& scratch) const;

  // The labels of highest probability for the features in scratch.line: at most k (k < 0: all),
  // none under `threshold`, in falling order, ties by label. Empty for a line without features.
  // Same bits alone or in a batch. Throws Error (usage) unless the model is supervised.
  void predict(PredictScratch& scratch, int32_t k, float threshold,
               std::vector<Prediction>& best) const;

  // The mean of the rows of a line's features [dim], zeros for a line without any; it lies in
  // scratch.hidden. This is the sentence vector of a supervised model.
  std::span<const float> sentence_vector(std::string_view line, PredictScratch& scratch) const;

 private:
  struct Output;  // the loss at work: softmax, sigmoids, or the Huffman tree
  std::shared_ptr<const Model> model_;
  std::unique_ptr<Output> output_;
};

}  // namespace wordfire
