// Writes what a run has trained: OUTPUT.bin, OUTPUT.vec, OUTPUT.manifest.json, and OUTPUT.output if
// asked.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "core/backend.h"
#include "core/bucket_rows.h"
#include "core/model.h"
#include "core/subword_table.h"

namespace wordfire {

struct TrainedModel {
  const Model& model;  // args, dictionary, label prefix
  const Weights& weights;
  const BucketRows& buckets;     // file rows -> rows of weights.input
  const SubwordTable& subwords;  // in rows of weights.input
  uint64_t seed;                 // rows that were never trained keep their first value
};

struct SaveRequest {
  std::string output;  // prefix
  bool save_output = false;
  int threads = 1;
  std::string options_json;
  std::string recipe_json;
  std::string metrics_json;
};

// The files that a run with these options writes, the manifest last.
[[nodiscard]] std::vector<std::string> model_files(const std::string& output, bool save_output);

// Returns model_files(). Nothing gets its final name before everything is written. Throws Error
// (io, cannot_create); Stopped when `stop` becomes true before the first file gets its name.
std::vector<std::string> save_trained_model(const TrainedModel& trained, const SaveRequest& request,
                                            const std::atomic<bool>& stop);

}  // namespace wordfire
