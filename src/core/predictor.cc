#include "core/predictor.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/activations.h"
#include "core/error.h"
#include "core/huffman_tree.h"
#include "core/loss_formulas.h"
#include "core/row_kernels.h"

namespace wordfire {
namespace {

// Falling probability, ties by label.
bool better(const Prediction& a, const Prediction& b) {
  if (a.probability != b.probability) return a.probability > b.probability;
  return a.label < b.label;
}

// The best k predictions of those that are offered (k < 0: all), in a vector that is a heap, the
// worst in front, until finish() sorts it.
class BestPredictions {
 public:
  BestPredictions(int32_t k, std::vector<Prediction>& best) : k_(k), best_(best) {}

  [[nodiscard]] bool full() const { return k_ >= 0 && best_.size() == static_cast<size_t>(k_); }
  // Only if full() and k > 0.
  [[nodiscard]] const Prediction& worst() const { return best_.front(); }

  void offer(const Prediction& prediction) {
    if (full()) {
      if (best_.empty() || !better(prediction, worst())) return;
      std::pop_heap(best_.begin(), best_.end(), better);
      best_.pop_back();
    }
    best_.push_back(prediction);
    std::push_heap(best_.begin(), best_.end(), better);
  }

  void finish() { std::sort_heap(best_.begin(), best_.end(), better); }

 private:
  const int32_t k_;
  std::vector<Prediction>& best_;
};

// The best k of output[0, n) that reach the threshold. A probability that is not a number reaches
// none.
void select_best(std::span<const float> output, int32_t k, float threshold,
                 std::vector<Prediction>& best) {
  BestPredictions kept(k, best);
  for (size_t i = 0; i < output.size(); ++i) {
    if (output[i] >= threshold) kept.offer({output[i], static_cast<int32_t>(i)});
  }
  kept.finish();
}

void dot_all_rows(const Matrix& matrix, const float* x, std::vector<float>& out) {
  out.resize(static_cast<size_t>(matrix.rows()));
  if (!matrix.quantized) {
    kernels::dot_rows(matrix.dense, nullptr, matrix.rows(), x, out.data());
    return;
  }
  for (int64_t i = 0; i < matrix.rows(); ++i) {
    out[static_cast<size_t>(i)] = matrix.quantized->dot(i, x);
  }
}

float dot_one_row(const Matrix& matrix, int32_t row, const float* x) {
  if (matrix.quantized) return matrix.quantized->dot(row, x);
  float value = 0;
  kernels::dot_rows(matrix.dense, &row, 1, x, &value);
  return value;
}

// Walks the tree from the root, likelier children first, and leaves out subtrees that cannot reach
// the best k.
class TreeSearch {
 public:
  TreeSearch(const HuffmanTree& tree, const Matrix& output, const float* hidden, int32_t k,
             float threshold, std::vector<Prediction>& best)
      : tree_(tree), output_(output), hidden_(hidden), threshold_(threshold), best_(k, best) {}

  void run() {
    std::vector<std::pair<float, int32_t>> open = {{1.0f, tree_.root()}};
    while (!open.empty()) {
      const auto [p, node] = open.back();
      open.pop_back();
      if (!can_enter(p)) continue;
      if (tree_.is_leaf(node)) {
        best_.offer({p, node});
        continue;
      }
      const float right = sigmoid(dot_one_row(output_, node - tree_.leaves(), hidden_));
      const std::pair<float, int32_t> children[] = {{p * (1 - right), tree_.node(node).left},
                                                    {p * right, tree_.node(node).right}};
      const bool right_last = right >= 0.5f;
      open.push_back(children[right_last ? 0 : 1]);
      open.push_back(children[right_last ? 1 : 0]);
    }
    best_.finish();
  }

 private:
  [[nodiscard]] bool can_enter(float p) const {
    return p >= threshold_ && (!best_.full() || p >= best_.worst().probability);
  }

  const HuffmanTree& tree_;
  const Matrix& output_;
  const float* hidden_;
  float threshold_;
  BestPredictions best_;
};

}  // namespace

struct Predictor::Output {
  HuffmanTree tree;  // of hierarchical softmax
};

Predictor::Predictor(std::shared_ptr<const Model> model)
    : model_(std::move(model)), output_(std::make_unique<Output>()) {
  const ModelArgs& args = model_->args;
  if (args.model == ModelKind::kSupervised && args.loss == LossKind::kHierarchicalSoftmax &&
      model_->dictionary.nlabels() > 0) {
    output_->tree = HuffmanTree(model_->dictionary.label_counts());
  }
}

Predictor::~Predictor() = default;

const LineFeatures& Predictor::encode(std::string_view line, PredictScratch& scratch) const {
  encode_line(*model_, line, scratch.line);
  return scratch.line;
}

void Predictor::predict(PredictScratch& scratch, int32_t k, float threshold,
                        std::vector<Prediction>& best) const {
  best.clear();
  if (model_->args.model != ModelKind::kSupervised) {
    throw Error::usage("the model holds word vectors; labels are predicted by supervised models");
  }
  if (scratch.line.features.empty() || k == 0 || model_->dictionary.nlabels() == 0) return;
  mean_of_rows(model_->input, scratch.line.features, scratch.hidden);
  if (model_->args.loss == LossKind::kHierarchicalSoftmax) {
    TreeSearch(output_->tree, model_->output, scratch.hidden.data(), k, threshold, best).run();
    return;
  }
  dot_all_rows(model_->output, scratch.hidden.data(), scratch.output);
  const auto n = static_cast<int64_t>(scratch.output.size());
  if (model_->args.loss == LossKind::kSoftmax) {
    kernels::softmax(scratch.output.data(), n);
  } else {
    kernels::sigmoid(scratch.output.data(), n);
  }
  select_best(scratch.output, k, threshold, best);
}

std::span<const float> Predictor::sentence_vector(std::string_view line,
                                                  PredictScratch& scratch) const {
  const auto dim = static_cast<size_t>(model_->input.dim());
  encode_line(*model_, line, scratch.line);
  if (scratch.line.features.empty()) {
    scratch.hidden.assign(static_cast<size_t>(buffer_width(model_->input.dim())), 0.0f);
  } else {
    mean_of_rows(model_->input, scratch.line.features, scratch.hidden);
  }
  return std::span<const float>(scratch.hidden).first(dim);
}

}  // namespace wordfire
