// Hogwild SGD for word vectors: workers take lines and share the matrices.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/alias_table.h"
#include "core/backend.h"
#include "core/hogwild_epoch.h"
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
         HogwildEpoch& epoch)
      : task_(task),
        subsampling_(subsampling),
        epoch_(epoch),
        trainer_(make_line_trainer(task, negatives, TrainedRows(task.weights.input),
                                   TrainedRows(task.weights.output))) {}

  // Takes chunks of lines until there are none.
  void run() {
    for (auto range = epoch_.take(); !range.empty(); range = epoch_.take()) {
      if (!run_chunk(range.begin, range.end)) break;
    }
  }

 private:
  // Returns false when a loss is not a number.
  bool run_chunk(int64_t begin, int64_t end) {
    const Corpus& corpus = task_.corpus;
    LineLoss loss;
    float lr = 0;
    for (int64_t line = begin; line < end; ++line) {
      lr = learning_rate(epoch_.plan(), corpus.tokens_before(line), corpus.token_end.back());
      Rng rng(task_.seed, static_cast<uint64_t>(epoch_.plan().epoch), static_cast<uint64_t>(line));
      subsampling_.keep(corpus.features_of(line), rng, words_);
      trainer_->train(words_, lr, rng, loss);
      if (!std::isfinite(loss.sum)) {
        epoch_.fail(line, lr);
        return false;
      }
    }
    epoch_.report(corpus.tokens_before(end) - corpus.tokens_before(begin), loss.count, loss.sum,
                  lr);
    return true;
  }

  const WordVectorTask& task_;
  const Subsampling& subsampling_;
  HogwildEpoch& epoch_;
  std::unique_ptr<LineTrainer> trainer_;
  std::vector<int32_t> words_;
};

class WordVectorBackend final : public Backend {
 public:
  explicit WordVectorBackend(const WordVectorTask& task)
      : task_(task),
        negatives_(powered_counts(task.counts, task.negative_power)),
        subsampling_(task.counts, task.tokens, task.args.t) {}

  EpochResult train_epoch(const EpochPlan& plan) override {
    HogwildEpoch epoch(plan, task_.corpus.examples(), kChunk);
    parallel_workers(epoch.workers(task_.threads),
                     [&](int) { Worker(task_, negatives_, subsampling_, epoch).run(); });
    return epoch.result();
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
