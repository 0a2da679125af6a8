// What a device does for training: it runs epochs over the corpus on the two matrices.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "core/corpus.h"
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
  // 0: the context words of a window share one set of negatives. Otherwise so many context words
  // do, of one window or several.
  int32_t batch_size;
  bool exact;  // pair by pair, each with its own negatives, as in fastText
  Weights& weights;
  uint64_t seed;
  int threads;
};

struct EpochProgress {
  int64_t tokens = 0;    // of this epoch
  int64_t examples = 0;  // whose losses are in loss_sum
  double loss_sum = 0;
  double lr = 0;  // now
};

struct EpochPlan {
  int32_t epoch = 0;   // 0, 1, ...
  int32_t epochs = 1;  // of the schedule: lr falls linearly to 0 at the end of the last one
  double lr = 0.1;     // at the start of the first
  const std::atomic<bool>& stop;                       // ends the epoch early
  std::function<void(const EpochProgress&)> progress;  // called now and then on one worker
};

struct EpochResult {
  EpochProgress end;
  bool diverged = false;  // the loss was not a number
  int64_t diverged_example = 0;
  double diverged_lr = 0;
};

class Backend {
 public:
  virtual ~Backend() = default;
  // One pass over the corpus.
  virtual EpochResult train_epoch(const EpochPlan& plan) = 0;
};

// Hogwild on the CPU (Niu et al. 2011, arXiv:1106.5730): workers take runs of examples, in the
// order of the text, from one counter.
[[nodiscard]] std::unique_ptr<Backend> make_hogwild_backend(const SupervisedTask& task);

// The same updates in small batches with a fixed order: equal bits for any number of threads.
[[nodiscard]] std::unique_ptr<Backend> make_deterministic_backend(const SupervisedTask& task);

// Hogwild on the CPU for word vectors.
[[nodiscard]] std::unique_ptr<Backend> make_word_vector_backend(const WordVectorTask& task);

// Equal bits for any number of threads. Negative sampling alone, and not `exact`.
[[nodiscard]] std::unique_ptr<Backend> make_deterministic_word_vector_backend(
    const WordVectorTask& task);

// lr after `tokens` of `total` tokens of epoch `epoch`: falls linearly, as in fastText.
[[nodiscard]] inline float learning_rate(const EpochPlan& plan, int64_t tokens, int64_t total) {
  const double done =
      (plan.epoch + static_cast<double>(tokens) / static_cast<double>(total)) / plan.epochs;
  return static_cast<float>(plan.lr * (1.0 - (done < 1.0 ? done : 1.0)));
}

}  // namespace wordfire
