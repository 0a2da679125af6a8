#include "train/first_weights.h"

#include "core/parallel.h"

namespace wordfire {

Weights make_first_weights(const Options& options, TrainingData& data, int threads) {
  constexpr int64_t kGrain = 1 << 14;
  const int32_t dim = options.args.dim;
  const auto seed = static_cast<uint64_t>(options.seed);
  Model& model = *data.model;
  Weights weights{SharedMatrix(data.buckets.rows(), dim), SharedMatrix(data.output_rows(), dim)};
  parallel_for(data.file_rows(), kGrain, threads, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int32_t at = data.buckets.trained_row(row);
      if (at >= 0) first_row(seed, row, dim, weights.input.row(at));
    }
  });
  if (data.pretrained) {
    data.pretrained->copy_to(model.dictionary, data.buckets, weights.input);
    data.pretrained.reset();
  }
  model.input.dense = weights.input.view();
  model.output.dense = weights.output.view();
  return weights;
}

}  // namespace wordfire
