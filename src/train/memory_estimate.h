// How much memory a run takes, told before the vectors are allocated, and refused where the process
// may not use so much: the kernel would end it without a word.
#pragma once

#include <optional>

#include "core/options.h"
#include "cuda/cuda_device.h"
#include "train/corpus_storage.h"
#include "train/text_counter.h"
#include "train/training_data.h"
#include "train/training_job.h"

namespace wordfire {

// At most: what the process holds now, and what weights, workers and saving will add. data: read,
// encoded and renumbered. gpu: what is to train, if one is.
[[nodiscard]] MemoryEstimate estimate_memory(const Options& options, const TrainingData& data,
                                             int threads, const StorageBudget& budget,
                                             const std::optional<CudaDevice>& gpu);

// Throws Error (internal) when the process may not use that much; says what to lower.
void check_memory(const MemoryEstimate& estimate);

// Throws Error (internal) when the table of buckets and the character n-grams of all words cannot
// fit into memory. They are made before the estimate, whose numbers depend on them.
void check_tables(const CountedText& text, const std::vector<std::vector<int32_t>>& ids,
                  const Model& model);

}  // namespace wordfire
