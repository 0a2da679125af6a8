// What a device does for training: it takes steps over ranges of the corpus on the two matrices.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "core/corpus.h"
#include "core/learning_rate.h"
#include "core/loss.h"
#include "core/options.h"
#include "core/shared_matrix.h"
#include "core/subword_table.h"

namespace wordfire {

struct Weights {
  SharedMatrix input;   // [rows in use, dim]
  SharedMatrix output;  // [labels, dim]
};

// What is trained; everything outlives the backend.
struct SupervisedTask {
  const Corpus& corpus;
  const SubwordTable& subwords;  // of the words in corpus.features; may be empty
  const Loss& loss;
  Weights& weights;
  int32_t lr_update_rate;  // tokens between two changes of the learning rate
  uint64_t seed;
  int threads;
};

// Word vectors by skipgram or CBOW (Mikolov et al. 2013, arXiv:1310.4546; with character n-grams
// Bojanowski et al., arXiv:1607.04606). Everything outlives the backend.
struct WordVectorTask {
  const Corpus& corpus;             // features: words of the vocabulary; an example is a line
  const SubwordTable& subwords;     // may be empty
  const Loss& loss;                 // used by `exact`, and unless it is negative sampling
  const ModelArgs& args;            // model, ws, neg, t
  std::span<const int64_t> counts;  // of the words, falling
  int64_t tokens;                   // that were counted, rare words included: frequencies' divisor
  double negative_power;            // negatives are drawn in proportion to count^negative_power
  // 0: the context words of a window share one set of negatives. Otherwise at most so many do.
  int32_t batch_size;
  bool exact;  // pair by pair, each with its own negatives, as in fastText
  Weights& weights;
  uint64_t seed;
  int threads;
};

// Examples [begin, end) of a corpus.
struct ExampleRange {
  int64_t begin = 0;
  int64_t end = 0;

  [[nodiscard]] int64_t size() const { return end - begin; }
  [[nodiscard]] bool empty() const { return begin == end; }
};

struct RangeProgress {
  int64_t tokens = 0;    // of the range
  int64_t examples = 0;  // whose losses are in loss_sum
  double loss_sum = 0;
  double lr = 0;  // now
};

// A range of an epoch, and where in the whole run it stands.
struct RangePlan {
  int32_t epoch = 0;         // 0, 1, ...
  int32_t epochs = 1;        // of the schedule: lr falls linearly to 0 at the end of the last one
  double lr = 0.1;           // at the start of the first
  int64_t epoch_tokens = 0;  // of the whole text
  ExampleRange range = {};   // of the corpus
  // The corpus may be a piece of the text. What stands in front of it:
  int64_t examples_before = 0;
  int64_t tokens_before = 0;
  const std::atomic<bool>& stop;                            // ends the range early
  std::function<void(const RangeProgress&)> progress = {};  // called now and then on one worker
};

struct RangeResult {
  RangeProgress end;
  bool diverged = false;         // the loss was not a number
  int64_t diverged_example = 0;  // of the text
  double diverged_lr = 0;
};

// Rows [begin, end) of one of the two matrices.
struct WeightRows {
  bool output = false;
  int64_t begin = 0;
  int64_t end = 0;

  friend bool operator==(const WeightRows&, const WeightRows&) = default;
};

class Backend {
 public:
  virtual ~Backend() = default;
  // One pass over plan.range of the corpus, which may have other contents than at the call before.
  // Random numbers depend on the seed, the epoch and the example's place in the text alone.
  // From here on the weights may be with the device: the task's are what they were.
  virtual RangeResult train(const RangePlan& plan) = 0;

  // To be called before the host looks at the task's weights, or changes them: they are then what
  // train() has made of them, and the next train() goes on from what they are by then.
  virtual void give_weights() {}
  // The same for some rows, in few runs, where all would be too much: what the host changes of them
  // is to be given back with take_rows(). All others stay with the device.
  virtual void give_rows(std::span<const WeightRows>) {}
  virtual void take_rows(std::span<const WeightRows>) {}
};

// Hogwild on the CPU (Niu et al. 2011, arXiv:1106.5730): workers take runs of examples, in the
// order of the text, from one counter.
[[nodiscard]] std::unique_ptr<Backend> make_hogwild_backend(const SupervisedTask& task);

// The same updates in small batches with a fixed order: equal bits for any number of threads and
// equal ranges.
[[nodiscard]] std::unique_ptr<Backend> make_deterministic_backend(const SupervisedTask& task);

// Hogwild on the CPU for word vectors.
[[nodiscard]] std::unique_ptr<Backend> make_word_vector_backend(const WordVectorTask& task);

// Equal bits for any number of threads and equal ranges. Negative sampling alone, and not `exact`.
[[nodiscard]] std::unique_ptr<Backend> make_deterministic_word_vector_backend(
    const WordVectorTask& task);

[[nodiscard]] inline LearningRate schedule_of(const RangePlan& plan) {
  return {.start = plan.lr,
          .epoch = plan.epoch,
          .epochs = plan.epochs,
          .epoch_tokens = plan.epoch_tokens,
          .tokens_before = plan.tokens_before};
}
// lr after `tokens` tokens of the corpus.
[[nodiscard]] inline float learning_rate(const RangePlan& plan, int64_t tokens) {
  return schedule_of(plan).at(tokens);
}

}  // namespace wordfire
