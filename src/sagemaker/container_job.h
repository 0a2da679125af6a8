// A training job as its container finds it: hyperparameters, channels and cluster put together into
// the options of one run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sagemaker/channels.h"
#include "sagemaker/cluster.h"
#include "sagemaker/container_paths.h"
#include "sagemaker/hyperparameters.h"

namespace wordfire {

struct ContainerJob {
  Hyperparameters parameters;
  Cluster cluster;
  Channel train;
  std::optional<Channel> validation;  // of classifiers
  std::optional<Channel> evaluation;  // of word vectors
  // The whole run: input and validation are files, output is BASE/model/model or
  // BASE/model/vectors.
  Options options;
  std::vector<std::string> notes;  // on what was given and has no effect
};

// Throws Error (usage, data, no_input) naming hyperparameter, channel or file: whatever can be
// known to be wrong before the text is read. Options that contradict each other are named as
// hyperparameters.
[[nodiscard]] ContainerJob read_container_job(const ContainerPaths& paths);

}  // namespace wordfire
