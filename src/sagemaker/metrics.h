// The metrics that a job prints, and the regular expressions by which SageMaker finds them. The one
// place that knows how such a line looks.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace wordfire {

struct Metric {
  std::string_view name;   // as MetricDefinitions and tuning jobs call it
  std::string_view label;  // what stands in front of the number
  std::string_view regex;  // its first group is the number
  bool objective;          // a tuning job may maximise it
};

inline constexpr Metric kTrainAccuracy{"train:accuracy",
                                       "#train_accuracy: ", "#train_accuracy: ([0-9.]+)", true};
inline constexpr Metric kValidationAccuracy{
    "validation:accuracy", "#validation_accuracy: ", "#validation_accuracy: ([0-9.]+)", true};
inline constexpr Metric kMeanRho{"train:mean_rho", "#mean_rho: ", "#mean_rho: (-?[0-9.eE-]+)",
                                 true};
inline constexpr Metric kTrainLoss{"train:loss", "#train_loss: ", "#train_loss: ([0-9.]+)", false};
inline constexpr Metric kThroughput{"train:throughput", "Average throughput in Million words/sec: ",
                                    "Average throughput in Million words/sec: ([0-9.]+)", false};

[[nodiscard]] std::span<const Metric> all_metrics();

// The line without its end. Accuracies have 4 decimals, losses 6, throughputs 2, a mean rho as many
// as tell it from every other number.
[[nodiscard]] std::string metric_line(const Metric& metric, double value);

}  // namespace wordfire
