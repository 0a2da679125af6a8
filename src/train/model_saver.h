// Writes what a run has trained: model, vectors as text, manifest.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "core/backend.h"
#include "core/bucket_rows.h"
#include "core/model.h"
#include "core/subword_table.h"
#include "train/model_files.h"

namespace wordfire {

struct TrainedModel {
  const Model& model;  // args, dictionary, label prefix
  const Weights& weights;
  const BucketRows& buckets;     // file rows -> rows of weights.input
  const SubwordTable& subwords;  // in rows of weights.input
  uint64_t seed;                 // rows that were never trained keep their first value
};

struct SaveRequest {
  ModelFiles files;
  int threads = 1;
  std::string options_json;
  std::string recipe_json;
  std::string metrics_json;
};

// Returns the paths of request.files. Nothing gets its final name before everything is written.
// Throws Error (io, cannot_create); Stopped when `stop` becomes true before the first file gets its
// name.
std::vector<std::string> save_trained_model(const TrainedModel& trained, const SaveRequest& request,
                                            const std::atomic<bool>& stop);

}  // namespace wordfire
