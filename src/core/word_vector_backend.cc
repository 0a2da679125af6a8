// Hogwild SGD for word vectors: workers take lines and share the matrices.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/alias_table.h"
#include "core/backend.h"
#include "core/hogwild_pass.h"
#include "core/line_trainer.h"
#include "core/parallel.h"
#include "core/subsampling.h"

namespace wordfire {
namespace {

// Lines that a worker takes at a time.
constexpr int64_t kChunk = 32;

class Worker {
 public:
  Worker(const WordVectorTask& task, const AliasTable& negatives, const Subsampling& subsampling,
         HogwildPass& pass)
      : task_(task),
        subsampling_(subsampling),
        pass_(pass),
        trainer_(make_line_trainer(task, negatives, TrainedRows(task.weights.input),
                                   TrainedRows(task.weights.output))) {}

  // Takes chunks of lines until there are none.
  void run() {
    for (auto range = pass_.take(); !range.empty(); range = pass_.take()) {
      if (!run_chunk(range.begin, range.end)) break;
    }
  }

 private:
  // Returns false when a loss is not a number.
  bool run_chunk(int64_t begin, int64_t end) {
    const Corpus& corpus = task_.corpus;
    const RangePlan& plan = pass_.plan();
    LineLoss loss;
    float lr = 0;
    for (int64_t line = begin; line < end; ++line) {
      lr = learning_rate(plan, corpus.tokens_before(line));
      Rng rng(task_.seed, static_cast<uint64_t>(plan.epoch),
              static_cast<uint64_t>(plan.examples_before + line));
      subsampling_.keep(corpus.features_of(line), rng, words_);
      trainer_->train(words_, lr, rng, loss);
      if (!std::isfinite(loss.sum)) {
        pass_.fail(line, lr);
        return false;
      }
    }
    pass_.report(corpus.tokens_before(end) - corpus.tokens_before(begin), loss.count, loss.sum, lr);
    return true;
  }

  const WordVectorTask& task_;
  const Subsampling& subsampling_;
  HogwildPass& pass_;
  std::unique_ptr<LineTrainer> trainer_;
  std::vector<int32_t> words_;
};

class WordVectorBackend final : public Backend {
 public:
  explicit WordVectorBackend(const WordVectorTask& task)
      : task_(task),
        negatives_(powered_counts(task.counts, task.negative_power)),
        subsampling_(task.counts, task.tokens, task.args.t) {}

  RangeResult train(const RangePlan& plan) override {
    HogwildPass pass(plan, kChunk);
    parallel_workers(pass.workers(task_.threads),
                     [&](int) { Worker(task_, negatives_, subsampling_, pass).run(); });
    return pass.result(task_.corpus.tokens_before(plan.range.end));
  }

 private:
  WordVectorTask task_;
  AliasTable negatives_;
  Subsampling subsampling_;
};

}  // namespace

std::unique_ptr<Backend> make_word_vector_backend(const WordVectorTask& task) {
  return std::make_unique<WordVectorBackend>(task);
}

}  // namespace wordfire
