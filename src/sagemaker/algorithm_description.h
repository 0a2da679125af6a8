// What SageMaker wants to know of the algorithm in an image, out of the tables that a job is read
// by.
#pragma once

#include <string>

namespace wordfire {

// A JSON object of two:
//   "TrainingSpecification": that of the CreateAlgorithm call, but for TrainingImage and
//       SupportedTrainingInstanceTypes, which depend on who pushed the image where
//   "metric_definitions": the list that an Estimator of the Python SDK takes
// A hyperparameter has a default there only if all modes have the same.
[[nodiscard]] std::string algorithm_description();

}  // namespace wordfire
