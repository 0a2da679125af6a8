// Hogwild SGD: workers share the matrices and nothing else.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/backend.h"
#include "core/parallel.h"
#include "core/private_rows.h"
#include "core/row_kernels.h"

namespace wordfire {
namespace {

// Examples between two looks at the stop flag and two reports.
constexpr int64_t kReportEvery = 256;

// Softmax and one versus all move every output row with every example; two workers on the shared
// rows are then slower than one (735 labels, dim 50: 9.7 s against 2.4 s; with private rows 1.5 s
// at the same score). Rows that workers keep to themselves may be this many examples old, all
// workers together.
constexpr int64_t kStaleExamples = 32;

// What one worker has done so far; read by the worker that reports.
struct alignas(64) WorkerProgress {
  std::atomic<int64_t> tokens = 0;
  std::atomic<int64_t> examples = 0;
  std::atomic<double> loss_sum = 0;
};

// The examples of one worker: [begin, end).
struct Shard {
  int64_t begin;
  int64_t end;
};

class HogwildBackend final : public Backend {
 public:
  explicit HogwildBackend(const SupervisedTask& task) : task_(task) {
    const int64_t n = task.corpus.examples();
    const auto workers = static_cast<int>(std::clamp<int64_t>(n, 1, task.threads));
    int64_t begin = 0;
    for (int worker = 0; worker < workers; ++worker) {
      const int64_t end = worker + 1 == workers ? n : shard_end(worker + 1, workers);
      shards_.push_back({begin, std::max(begin, end)});
      begin = shards_.back().end;
    }
  }

  EpochResult train_epoch(const EpochPlan& plan) override {
    std::vector<WorkerProgress> progress(shards_.size());
    std::vector<EpochResult> results(shards_.size());
    std::atomic<bool> diverged = false;
    parallel_workers(static_cast<int>(shards_.size()), [&](int worker) {
      Worker(*this, plan, worker, progress, diverged).run(results[static_cast<size_t>(worker)]);
    });
    EpochResult sum = results[0];
    sum.end = total(progress);
    for (const EpochResult& result : results) {
      if (result.diverged && !sum.diverged) {
        sum.diverged = true;
        sum.diverged_example = result.diverged_example;
        sum.diverged_lr = result.diverged_lr;
      }
    }
    sum.end.lr = learning_rate(plan, 1, 1);
    return sum;
  }

 private:
  // Shards hold about the same number of features.
  [[nodiscard]] int64_t shard_end(int worker, int workers) const {
    const auto& ends = task_.corpus.feature_end;
    const int64_t features = ends.back() / workers * worker;
    return std::lower_bound(ends.begin(), ends.end(), features) - ends.begin() + 1;
  }

  static EpochProgress total(const std::vector<WorkerProgress>& progress) {
    EpochProgress sum;
    for (const WorkerProgress& worker : progress) {
      sum.tokens += worker.tokens.load(std::memory_order_relaxed);
      sum.examples += worker.examples.load(std::memory_order_relaxed);
      sum.loss_sum += worker.loss_sum.load(std::memory_order_relaxed);
    }
    return sum;
  }

  class Worker {
   public:
    Worker(HogwildBackend& backend, const EpochPlan& plan, int worker,
           std::vector<WorkerProgress>& progress, std::atomic<bool>& diverged)
        : task_(backend.task_),
          plan_(plan),
          worker_(worker),
          shard_(backend.shards_[static_cast<size_t>(worker)]),
          progress_(progress),
          diverged_(diverged),
          hidden_(static_cast<size_t>(buffer_width(task_.weights.input.dim()))),
          gradient_(hidden_.size()) {
      const auto workers = static_cast<int64_t>(backend.shards_.size());
      if (!task_.loss.moves_all_rows() || workers == 1) return;
      merge_every_ = std::clamp<int64_t>(kStaleExamples / workers, 2, 16);
      output_rows_ = PrivateRows(task_.weights.output, task_.weights.output.rows());
    }

    void run(EpochResult& result) {
      if (shard_.begin == shard_.end) return;
      const Corpus& corpus = task_.corpus;
      const int64_t first_token = corpus.tokens_before(shard_.begin);
      const int64_t shard_tokens = corpus.tokens_before(shard_.end) - first_token;
      int64_t rate_changed = 0;
      float lr = learning_rate(plan_, 0, shard_tokens);
      double loss_sum = 0;
      for (int64_t i = shard_.begin; i < shard_.end; ++i) {
        const int64_t tokens = corpus.tokens_before(i) - first_token;
        if (tokens - rate_changed > task_.lr_update_rate) {
          lr = learning_rate(plan_, tokens, shard_tokens);
          rate_changed = tokens;
        }
        const float loss = step(i, lr);
        if (!std::isfinite(loss)) return fail(result, i, lr);
        loss_sum += loss;
        if (merge_every_ > 0 && (i - shard_.begin + 1) % merge_every_ == 0) output_rows_.merge();
        if ((i - shard_.begin + 1) % kReportEvery != 0) continue;
        report(i + 1, loss_sum, lr);
        if (plan_.stop || diverged_.load(std::memory_order_relaxed)) return;
      }
      if (merge_every_ > 0) output_rows_.merge();
      report(shard_.end, loss_sum, lr);
    }

   private:
    // One example: forward, backward, update. Returns its loss.
    float step(int64_t i, float lr) {
      const std::span<const int32_t> features = rows_of(i);
      Rng rng(task_.seed, static_cast<uint64_t>(plan_.epoch), static_cast<uint64_t>(i));
      task_.weights.input.mean_of_rows(features, ahead_, hidden_.data());
      const float loss = task_.loss.gradient(output(), hidden_.data(), task_.corpus.labels_of(i),
                                             lr, rng, output_step_);
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
      const Corpus& corpus = task_.corpus;
      const std::span<const int32_t> features = corpus.features_of(i);
      if (task_.subwords.empty()) {
        ahead_ = static_cast<int64_t>(corpus.features.size()) -
                 corpus.feature_end[static_cast<size_t>(i)];
        return features;
      }
      task_.subwords.expand(features, expanded_);
      return expanded_;
    }

    void report(int64_t examples_end, double loss_sum, float lr) {
      WorkerProgress& own = progress_[static_cast<size_t>(worker_)];
      const Corpus& corpus = task_.corpus;
      own.tokens.store(corpus.tokens_before(examples_end) - corpus.tokens_before(shard_.begin),
                       std::memory_order_relaxed);
      own.examples.store(examples_end - shard_.begin, std::memory_order_relaxed);
      own.loss_sum.store(loss_sum, std::memory_order_relaxed);
      if (worker_ != 0 || !plan_.progress) return;
      EpochProgress now = total(progress_);
      now.lr = lr;
      plan_.progress(now);
    }

    void fail(EpochResult& result, int64_t example, float lr) {
      result.diverged = true;
      result.diverged_example = example;
      result.diverged_lr = lr;
      diverged_.store(true, std::memory_order_relaxed);
    }

    const SupervisedTask& task_;
    const EpochPlan& plan_;
    int worker_;
    Shard shard_;
    std::vector<WorkerProgress>& progress_;
    std::atomic<bool>& diverged_;
    int64_t merge_every_ = 0;  // examples; 0: the worker writes to the shared output rows
    PrivateRows output_rows_;
    int64_t ahead_ = 0;  // features behind this example that may be fetched early
    std::vector<float> hidden_;
    std::vector<float> gradient_;
    std::vector<int32_t> expanded_;
    OutputStep output_step_;
  };

  SupervisedTask task_;
  std::vector<Shard> shards_;
};

}  // namespace

std::unique_ptr<Backend> make_hogwild_backend(const SupervisedTask& task) {
  return std::make_unique<HogwildBackend>(task);
}

}  // namespace wordfire
