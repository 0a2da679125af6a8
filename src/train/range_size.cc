#include "train/range_size.h"

namespace wordfire {
namespace {

// Floating-point operations of a step on one output row, by dimension: the product, the row's move
// and the gradient.
constexpr double kStep = 6;
constexpr double kInputRow = 4;
constexpr double kTreeDepth = 20;

// Output rows of a step.
double rows_of_step(const Options& options, int64_t output_rows) {
  switch (options.args.loss) {
    case LossKind::kHierarchicalSoftmax:
      return kTreeDepth;
    case LossKind::kNegativeSampling:
      return 1.0 + options.args.neg;
    case LossKind::kSoftmax:
    case LossKind::kOneVsAll:
      break;
  }
  return static_cast<double>(output_rows);
}

// About, for one token.
double operations(const Options& options, double tokens_of_example, int64_t output_rows) {
  const double step = kStep * rows_of_step(options, output_rows);
  const bool is_classifier = options.args.model == ModelKind::kSupervised;
  // A word has half of its window's words on average, on both sides.
  const double steps_of_token = is_classifier ? 1 / tokens_of_example : options.args.ws;
  return options.args.dim * (step * steps_of_token + kInputRow * options.args.word_ngrams);
}

}  // namespace

int64_t range_tokens(const Options& options, double tokens_of_example, int64_t output_rows,
                     Device device) {
  const bool on_gpu = device == Device::kGpu;
  // Some seconds on one slow core, or on a small GPU. There a classifier has few lines under way
  // where the learning rate is high or the labels are many (cuda/text_runs.h).
  const bool is_classifier = options.args.model == ModelKind::kSupervised;
  constexpr double kMostLines = 1 << 22;
  double most_operations = 4e10;
  if (on_gpu) most_operations = is_classifier ? 1e11 : 1e13;
  constexpr int64_t kFewest = 1 << 10;
  const double cost = operations(options, tokens_of_example, output_rows);
  int64_t tokens = on_gpu ? kGpuRangeTokens : kRangeTokens;
  const auto is_too_much = [&] {
    const auto n = static_cast<double>(tokens);
    return cost * n > most_operations ||
           (on_gpu && is_classifier && n > kMostLines * tokens_of_example);
  };
  while (tokens > kFewest && is_too_much()) tokens /= 2;
  return tokens;
}

}  // namespace wordfire
