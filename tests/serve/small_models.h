// Models of a few words, made in memory, for tests of answers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "serve/served_model.h"

namespace wordfire::serve {

// The memory of a model's matrices.
struct SmallMatrices {
  std::vector<float> input;
  std::vector<float> output;
};

inline std::vector<float> small_values(int64_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<size_t>(count) + kRowSlack / sizeof(float));
  for (float& value : std::span(values).first(static_cast<size_t>(count))) value = normal(random);
  return values;
}

inline RowsView view_of(const std::vector<float>& values, int64_t rows, int32_t dim) {
  return {reinterpret_cast<const std::byte*>(values.data()), rows, dim,
          int64_t{dim} * static_cast<int64_t>(sizeof(float))};
}

inline LoadedModel small_model(const ModelArgs& args, Dictionary dictionary, int64_t output_rows) {
  const int64_t input_rows = dictionary.nwords() + args.bucket;
  auto matrices = std::make_shared<SmallMatrices>();
  matrices->input = small_values(input_rows * args.dim, 1);
  matrices->output = small_values(output_rows * args.dim, 2);
  auto model = std::make_shared<Model>();
  model->args = args;
  model->dictionary = std::move(dictionary);
  model->input.dense = view_of(matrices->input, input_rows, args.dim);
  model->output.dense = view_of(matrices->output, output_rows, args.dim);
  model->storage = matrices;
  return {model, {}};
}

// Labels "__label__bread" and so on, bigrams; `loss` as given.
inline LoadedModel small_classifier(LossKind loss = LossKind::kSoftmax) {
  constexpr EntryType kWord = EntryType::kWord;
  constexpr EntryType kLabel = EntryType::kLabel;
  ModelArgs args;
  args.dim = 8;
  args.loss = loss;
  args.word_ngrams = 2;
  args.bucket = 100;
  return small_model(args,
                     Dictionary({{"</s>", 90, kWord},
                                 {"flour", 80, kWord},
                                 {"knife", 70, kWord},
                                 {"a", 60, kWord},
                                 {"th\u00e9", 50, kWord},
                                 {"__label__bread", 9, kLabel},
                                 {"__label__tools", 8, kLabel},
                                 {"__label__th\u00e9", 7, kLabel},
                                 {"__label__\"odd\"", 6, kLabel}},
                                500),
                     4);
}

// maxn: longest character n-gram; 0: words alone.
inline LoadedModel small_words(int32_t maxn = 0) {
  constexpr EntryType kWord = EntryType::kWord;
  ModelArgs args;
  args.dim = 4;
  args.model = ModelKind::kSkipgram;
  args.loss = LossKind::kNegativeSampling;
  args.minn = maxn > 0 ? 2 : 0;
  args.maxn = maxn;
  args.bucket = maxn > 0 ? 50 : 0;
  return small_model(args,
                     Dictionary({{"</s>", 90, kWord},
                                 {"awesome", 80, kWord},
                                 {"blazing", 70, kWord},
                                 {"fast", 60, kWord},
                                 {"quick", 50, kWord}},
                                500),
                     5);
}

}  // namespace wordfire::serve
