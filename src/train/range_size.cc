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
                     bool on_gpu) {
  // Some seconds on one slow core, or on a small GPU.
  const double most_operations = on_gpu ? 1e13 : 4e10;
  constexpr int64_t kFewest = 1 << 10;
  const double cost = operations(options, tokens_of_example, output_rows);
  int64_t tokens = on_gpu ? kGpuRangeTokens : kRangeTokens;
  while (tokens > kFewest && cost * static_cast<double>(tokens) > most_operations) tokens /= 2;
  return tokens;
}

}  // namespace wordfire
