#include "sagemaker/metrics.h"

#include <fmt/format.h>

namespace wordfire {
namespace {

constexpr Metric kAll[] = {kTrainAccuracy, kValidationAccuracy, kMeanRho, kTrainLoss, kThroughput};

}  // namespace

std::span<const Metric> all_metrics() { return kAll; }

std::string metric_line(const Metric& metric, double value) {
  if (metric.name == kMeanRho.name) return fmt::format("{}{}", metric.label, value);
  if (metric.name == kTrainLoss.name) return fmt::format("{}{:.6f}", metric.label, value);
  if (metric.name == kThroughput.name) return fmt::format("{}{:.2f}", metric.label, value);
  return fmt::format("{}{:.4f}", metric.label, value);
}

}  // namespace wordfire
