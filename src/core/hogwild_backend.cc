// Hogwild SGD: workers share the matrices and nothing else.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/backend.h"
#include "core/hogwild_pass.h"
#include "core/parallel.h"
#include "core/private_rows.h"
#include "core/row_kernels.h"

namespace wordfire {
namespace {

// Examples that a worker takes at a time. Workers stay close together in the text, so its order is
// nearly kept, and none runs long beside another over equal lines (repeated text), which would
// fight for the same rows.
constexpr int64_t kChunk = 128;

// Softmax and one versus all move every output row with every example; two workers on the shared
// rows are then slower than one (735 labels, dim 50: 9.7 s against 2.4 s; with private rows 1.5 s
// at the same score). Rows that workers keep to themselves may be this many examples old, all
// workers together: 32 cost one versus all with 735 labels and lr 0.5 a point of precision (mean of
// 24 runs 52.5 %, deviation 1.1; with 16 53.2 %, 0.5, as shared rows).
constexpr int64_t kStaleExamples = 16;

class Worker {
 public:
  Worker(const SupervisedTask& task, HogwildPass& pass, int workers)
      : task_(task),
        plan_(pass.plan()),
        pass_(pass),
        hidden_(static_cast<size_t>(buffer_width(task_.weights.input.dim()))),
        gradient_(hidden_.size()) {
    if (!task_.loss.moves_all_rows() || workers == 1) return;
    merge_every_ = std::clamp<int64_t>(kStaleExamples / workers, 2, 16);
    output_rows_ = PrivateRows(task_.weights.output, task_.weights.output.rows());
  }

  // Takes chunks until there are none.
  void run() {
    for (auto range = pass_.take(); !range.empty(); range = pass_.take()) {
      if (!run_chunk(range.begin, range.end)) break;
    }
    if (merge_every_ > 0) output_rows_.merge();
  }

 private:
  // Returns false when the loss is not a number.
  bool run_chunk(int64_t begin, int64_t end) {
    const Corpus& corpus = task_.corpus;
    int64_t rate_changed = corpus.tokens_before(begin);
    float lr = learning_rate(plan_, rate_changed);
    double loss_sum = 0;
    for (int64_t i = begin; i < end; ++i) {
      if (corpus.tokens_before(i) - rate_changed > task_.lr_update_rate) {
        rate_changed = corpus.tokens_before(i);
        lr = learning_rate(plan_, rate_changed);
      }
      const float loss = step(i, end, lr);
      if (!std::isfinite(loss)) {
        pass_.fail(i, lr);
        return false;
      }
      loss_sum += loss;
      if (merge_every_ > 0 && (i - begin + 1) % merge_every_ == 0) output_rows_.merge();
    }
    pass_.report(corpus.tokens_before(end) - corpus.tokens_before(begin), end - begin, loss_sum,
                 lr);
    return true;
  }

  // One example: forward, backward, update. Returns its loss. Rows up to those of example chunk_end
  // are fetched early.
  float step(int64_t i, int64_t chunk_end, float lr) {
    const std::span<const int32_t> features = rows_of(i);
    const auto& ends = task_.corpus.feature_end;
    const int64_t ahead = task_.subwords.empty() ? ends[chunk_end - 1] - ends[i] : 0;
    Rng rng(task_.seed, static_cast<uint64_t>(plan_.epoch),
            static_cast<uint64_t>(plan_.examples_before + i));
    task_.weights.input.mean_of_rows(features, ahead, hidden_.data());
    const float loss = task_.loss.gradient(output(), hidden_.data(), task_.corpus.labels_of(i), lr,
                                           rng, output_step_);
    std::fill(gradient_.begin(), gradient_.end(), 0.0f);
    output().outer_update(output_step_.rows(), output_step_.alpha, hidden_.data(),
                          gradient_.data());
    // The gradient of a mean (fastText's normalizeGradient).
    kernels::scale(gradient_.data(), static_cast<int64_t>(gradient_.size()),
                   1.0f / static_cast<float>(features.size()));
    task_.weights.input.add_to_rows(features, gradient_.data());
    return loss;
  }

  SharedMatrix& output() { return merge_every_ > 0 ? output_rows_.rows() : task_.weights.output; }

  // The rows of an example, with the character n-grams of its words.
  std::span<const int32_t> rows_of(int64_t i) {
    const std::span<const int32_t> features = task_.corpus.features_of(i);
    if (task_.subwords.empty()) return features;
    task_.subwords.expand(features, expanded_);
    return expanded_;
  }

  const SupervisedTask& task_;
  const RangePlan& plan_;
  HogwildPass& pass_;
  int64_t merge_every_ = 0;  // examples; 0: the worker writes to the shared output rows
  PrivateRows output_rows_;
  std::vector<float> hidden_;
  std::vector<float> gradient_;
  std::vector<int32_t> expanded_;
  OutputStep output_step_;
};

class HogwildBackend final : public Backend {
 public:
  explicit HogwildBackend(const SupervisedTask& task) : task_(task) {}

  RangeResult train(const RangePlan& plan) override {
    HogwildPass pass(plan, kChunk);
    const int workers = pass.workers(task_.threads);
    parallel_workers(workers, [&](int) { Worker(task_, pass, workers).run(); });
    return pass.result(task_.corpus.tokens_before(plan.range.end));
  }

 private:
  SupervisedTask task_;
};

}  // namespace

std::unique_ptr<Backend> make_hogwild_backend(const SupervisedTask& task) {
  return std::make_unique<HogwildBackend>(task);
}

}  // namespace wordfire
