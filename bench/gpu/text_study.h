// What studies of text classifiers share: a text that is read once, first weights of any seed, and
// a score on held-out text.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/backend.h"
#include "core/error.h"
#include "core/predictor.h"
#include "dist/communicator.h"
#include "train/first_weights.h"
#include "train/training_data.h"
#include "train/validation.h"

namespace wordfire {

[[nodiscard]] inline LossKind loss_named(const std::string& name) {
  const std::map<std::string, LossKind> losses = {{"softmax", LossKind::kSoftmax},
                                                  {"ova", LossKind::kOneVsAll},
                                                  {"ns", LossKind::kNegativeSampling},
                                                  {"hs", LossKind::kHierarchicalSoftmax}};
  const auto found = losses.find(name);
  if (found == losses.end()) {
    throw Error::usage("there is no loss \"" + name + "\"; want softmax, ova, ns or hs");
  }
  return found->second;
}

// args: its word n-grams decide whether there are buckets.
[[nodiscard]] inline Options study_options(const std::string& train, const std::string& test,
                                           const ModelArgs& args) {
  Options options;
  options.input = {train};
  options.validation = {test};
  options.args = args;
  if (options.args.word_ngrams < 2) options.args.bucket = 0;
  return options;
}
// TRAIN TEST LOSS DIM WORD_NGRAMS EPOCHS.
[[nodiscard]] inline Options study_options(char** arguments) {
  ModelArgs args;
  args.loss = loss_named(arguments[2]);
  args.dim = std::atoi(arguments[3]);
  args.word_ngrams = std::atoi(arguments[4]);
  args.epoch = std::atoi(arguments[5]);
  return study_options(arguments[0], arguments[1], args);
}

// The values in "0.1 0.5 1".
template <typename T>
[[nodiscard]] std::vector<T> list_of(const char* text) {
  std::istringstream in(text);
  std::vector<T> values;
  for (T value; in >> value;) values.push_back(value);
  return values;
}

class TextStudy {
 public:
  TextStudy(Options options, int threads) : options_(std::move(options)), threads_(threads) {
    data_ = read_training_data(options_, {}, *ranks_, threads_, stop_);
    loss_ = make_loss(options_.args, data_.model->dictionary.label_counts());
  }

  [[nodiscard]] const ModelArgs& args() const { return options_.args; }
  [[nodiscard]] const Corpus& corpus() const { return data_.corpus; }
  [[nodiscard]] int64_t tokens() const { return data_.epoch_tokens; }
  [[nodiscard]] Weights first_weights(int32_t seed) {
    options_.seed = seed;
    return make_first_weights(options_, data_, threads_);
  }
  // What trains `weights`, which outlive it.
  [[nodiscard]] SupervisedTask task(Weights& weights, const Corpus& corpus) const {
    const auto seed = static_cast<uint64_t>(options_.seed);
    return {corpus, data_.subwords, *loss_, weights, options_.args.lr_update_rate, seed, threads_};
  }
  // Precision at 1.
  [[nodiscard]] double score(const Weights& weights) {
    Model& model = *data_.model;
    model.input.dense = weights.input.view();
    model.output.dense = weights.output.view();
    const Predictor predictor(data_.model);
    const Corpus& held_out = data_.validation->corpus;
    return validate(predictor, held_out, data_.subwords, {0, held_out.examples()}, threads_)
        .precision;
  }

 private:
  Options options_;
  int threads_;
  std::atomic<bool> stop_ = false;
  std::unique_ptr<Communicator> ranks_ = make_one_process();
  TrainingData data_;
  std::unique_ptr<Loss> loss_;
};

}  // namespace wordfire
