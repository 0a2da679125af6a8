// What one worker does with a line of words: the models skipgram and CBOW.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/alias_table.h"
#include "core/backend.h"
#include "core/row_copies.h"

namespace wordfire {

// A sample of a line's losses.
struct LineLoss {
  double sum = 0;
  int64_t count = 0;
};

class LineTrainer {
 public:
  virtual ~LineTrainer() = default;
  // Forgets what earlier lines have left: the next one trains as if it were the first.
  virtual void restart() {}
  // words: of the vocabulary, those left by subsampling. All random numbers come from `rng`.
  virtual void train(std::span<const int32_t> words, float lr, Rng& rng, LineLoss& loss) = 0;
};

// negatives: of the output rows. All outlive the trainer, which belongs to one worker. input,
// output: the matrices of the task or, unless the order is fastText's or the loss another than
// negative sampling, copies of their rows.
[[nodiscard]] std::unique_ptr<LineTrainer> make_line_trainer(const WordVectorTask& task,
                                                             const AliasTable& negatives,
                                                             TrainedRows input, TrainedRows output);

}  // namespace wordfire
