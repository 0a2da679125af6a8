// Hogwild SGD for word vectors: workers take lines and share the matrices.
#include <algorithm>
#include <cmath>
#include <mutex>
#include <vector>

#include "core/alias_table.h"
#include "core/backend.h"
#include "core/line_trainer.h"
#include "core/parallel.h"
#include "core/subsampling.h"

namespace wordfire {
namespace {

// Lines that a worker takes at a time.
constexpr int64_t kChunk = 32;

// What all workers of an epoch share besides the weights.
struct Epoch {
  const EpochPlan& plan;
  std::atomic<int64_t> next = 0;  // the first line that no worker has taken
  std::atomic<bool> diverged = false;
  std::mutex mutex = {};  // of result
  EpochResult result = {};
};

class Worker {
 public:
  Worker(const WordVectorTask& task, const AliasTable& negatives, const Subsampling& subsampling,
         Epoch& epoch)
      : task_(task),
        subsampling_(subsampling),
        epoch_(epoch),
        trainer_(make_line_trainer(task, negatives, TrainedRows(task.weights.input),
                                   TrainedRows(task.weights.output))) {}

  // Takes chunks of lines until there are none.
  void run() {
    const int64_t n = task_.corpus.examples();
    while (!epoch_.plan.stop && !epoch_.diverged.load(std::memory_order_relaxed)) {
      const int64_t begin = epoch_.next.fetch_add(kChunk, std::memory_order_relaxed);
      if (begin >= n) break;
      if (!run_chunk(begin, std::min(n, begin + kChunk))) break;
    }
  }

 private:
  // Returns false when a loss is not a number.
  bool run_chunk(int64_t begin, int64_t end) {
    const Corpus& corpus = task_.corpus;
    LineLoss loss;
    float lr = 0;
    for (int64_t line = begin; line < end; ++line) {
      lr = learning_rate(epoch_.plan, corpus.tokens_before(line), corpus.token_end.back());
      Rng rng(task_.seed, static_cast<uint64_t>(epoch_.plan.epoch), static_cast<uint64_t>(line));
      subsampling_.keep(corpus.features_of(line), rng, words_);
      trainer_->train(words_, lr, rng, loss);
      if (!std::isfinite(loss.sum)) return fail(line, lr);
    }
    report(corpus.tokens_before(end) - corpus.tokens_before(begin), loss, lr);
    return true;
  }

  void report(int64_t tokens, const LineLoss& loss, float lr) {
    const std::lock_guard lock(epoch_.mutex);
    EpochProgress& now = epoch_.result.end;
    now.tokens += tokens;
    now.examples += loss.count;
    now.loss_sum += loss.sum;
    now.lr = lr;
    if (epoch_.plan.progress) epoch_.plan.progress(now);
  }

  bool fail(int64_t line, float lr) {
    const std::lock_guard lock(epoch_.mutex);
    if (!epoch_.diverged.exchange(true)) {
      epoch_.result.diverged = true;
      epoch_.result.diverged_example = line;
      epoch_.result.diverged_lr = lr;
    }
    return false;
  }

  const WordVectorTask& task_;
  const Subsampling& subsampling_;
  Epoch& epoch_;
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
    const int64_t chunks = (task_.corpus.examples() + kChunk - 1) / kChunk;
    const auto workers = static_cast<int>(std::min<int64_t>(task_.threads, chunks));
    Epoch epoch{plan};
    parallel_workers(workers, [&](int) { Worker(task_, negatives_, subsampling_, epoch).run(); });
    epoch.result.end.lr = learning_rate(plan, 1, 1);
    return epoch.result;
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
