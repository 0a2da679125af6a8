#include "cuda/row_crowds.h"

#include <cmath>
#include <numeric>

#include "core/alias_table.h"
#include "core/subsampling.h"

namespace wordfire {
namespace {

// values[i] / their sum.
std::vector<double> shares_of(std::vector<double> values) {
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  for (double& value : values) value /= sum;
  return values;
}

// How often each word is met in the text that subsampling leaves.
std::vector<double> uses_of_words(const WordVectorTask& task) {
  const Subsampling subsampling(task.counts, task.tokens, task.args.t);
  std::vector<double> uses;
  for (size_t word = 0; word < task.counts.size(); ++word) {
    const double kept = std::fmin(1.0, subsampling.shares()[word]);
    uses.push_back(kept * static_cast<double>(task.counts[word]));
  }
  return shares_of(uses);
}

}  // namespace

RowCrowds row_crowds(const WordVectorTask& task, double curvature) {
  const std::vector<double> uses = uses_of_words(task);
  const std::vector<double> drawn = shares_of(powered_counts(task.counts, task.negative_power));
  const bool cbow = task.args.model == ModelKind::kCbow;
  // Words of a window on average; windows that pass while a word is in reach.
  const double inputs = task.args.ws + 1.0;
  const double windows = 2.0 * task.args.ws + 2;
  const double outputs = task.args.neg + 1.0;
  RowCrowds crowds;
  crowds.input.resize(static_cast<size_t>(task.weights.input.rows()));
  for (size_t word = 0; word < uses.size(); ++word) {
    const double met = uses[word] + task.args.neg * drawn[word];
    crowds.output.push_back(static_cast<float>(curvature * met * (cbow ? 1 : inputs)));
    // Of CBOW every word of a window gets the whole gradient, but has a share in the mean.
    const auto pull = static_cast<float>(curvature * uses[word] * windows * inputs * outputs);
    if (task.subwords.empty()) {
      crowds.input[word] += pull;
      continue;
    }
    const auto rows = task.subwords.rows_of(static_cast<int32_t>(word));
    for (const int32_t row : rows) crowds.input[static_cast<size_t>(row)] += pull;
  }
  return crowds;
}

}  // namespace wordfire
