// The weights that training begins with.
#pragma once

#include "core/backend.h"
#include "core/options.h"
#include "train/training_data.h"

namespace wordfire {

// Every input row's first value depends on (seed, row of the file) alone, wherever it lies in
// memory; data.pretrained overwrites those that it has, and is given up then. Output rows are zero.
// data.model gets views of the matrices.
[[nodiscard]] Weights make_first_weights(const Options& options, TrainingData& data, int threads);

}  // namespace wordfire
