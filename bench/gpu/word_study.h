// What studies of word vectors share: a text that is read once, weights, and the tables of a task
// as the kernels' own text wants them, on the CPU.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/backend.h"
#include "core/error.h"
#include "core/subsampling.h"
#include "cuda/lanes.h"
#include "cuda/row_crowds.h"
#include "cuda/word_scratch.h"
#include "cuda/word_text.h"
#include "dist/communicator.h"
#include "train/first_weights.h"
#include "train/training_data.h"

namespace wordfire {

// A warp's memory.
struct StudyScratch {
  explicit StudyScratch(const WordVectorTables& tables)
      : memory(static_cast<size_t>(word_scratch_bytes(tables.width, tables.ws, tables.neg)) /
               sizeof(Float4)),
        kept(kLongest) {}
  [[nodiscard]] WordScratch carve(const WordVectorTables& tables) {
    return word_scratch(&memory.data()->x, kept.data(), tables.width, tables.ws);
  }

  static constexpr size_t kLongest = 1024;  // words of a line, at most
  std::vector<Float4> memory;
  std::vector<int32_t> kept;
};

// Skipgram without n-grams.
class WordStudy {
 public:
  // curvature: of row_crowds.h.
  WordStudy(const std::string& text, int32_t dim, int32_t epochs, double lr, double curvature)
      : options_(options_of(text, dim, epochs, lr)) {
    const std::atomic<bool> stop = false;
    data_ = read_training_data(options_, {}, *ranks_, 2, stop);
    weights_ = make_first_weights(options_, data_, 2);
    counts_ = data_.model->dictionary.word_counts();
    negatives_ = AliasTable(powered_counts(counts_, options_.ns_exponent));
    shares_ =
        std::make_unique<Subsampling>(counts_, data_.model->dictionary.ntokens(), options_.args.t);
    tables_.input = weights_.input.row(0);
    tables_.output = weights_.output.row(0);
    tables_.dim = options_.args.dim;
    tables_.width = padded_width(tables_.dim);
    tables_.kept_shares = shares_->shares().data();
    tables_.negatives = negatives_.cells().data();
    tables_.words = static_cast<int64_t>(counts_.size());
    tables_.ws = options_.args.ws;
    tables_.neg = options_.args.neg;
    tables_.batch_size = 1 << 30;
    loss_ = make_loss(options_.args, counts_, options_.ns_exponent);
    const WordVectorTask task{data_.corpus,
                              data_.subwords,
                              *loss_,
                              options_.args,
                              counts_,
                              data_.model->dictionary.ntokens(),
                              options_.ns_exponent,
                              0,
                              false,
                              weights_,
                              1,
                              1};
    crowds_ = row_crowds(task, curvature);
    tables_.input_crowds = crowds_.input.data();
    tables_.output_crowds = crowds_.output.data();
  }

  [[nodiscard]] const WordVectorTables& tables() const { return tables_; }
  [[nodiscard]] const Corpus& corpus() const { return data_.corpus; }
  [[nodiscard]] int32_t epochs() const { return options_.args.epoch; }
  [[nodiscard]] WordPass pass(int32_t epoch) const {
    return {{options_.lr, epoch, options_.args.epoch, data_.epoch_tokens, 0}, 1, 0};
  }

  void save(const char* path) const {
    std::FILE* const file = std::fopen(path, "w");
    if (file == nullptr) throw Error::cannot_create(std::string(path) + ": cannot be written");
    const Dictionary& dictionary = data_.model->dictionary;
    fmt::print(file, "{} {}\n", dictionary.nwords(), tables_.dim);
    for (int32_t id = 0; id < dictionary.nwords(); ++id) {
      fmt::print(file, "{}", dictionary.text(id));
      for (int32_t i = 0; i < tables_.dim; ++i) {
        fmt::print(file, " {:.5g}", weights_.input.row(id)[i]);
      }
      fmt::print(file, "\n");
    }
    std::fclose(file);
  }

 private:
  static Options options_of(const std::string& text, int32_t dim, int32_t epochs, double lr) {
    Options options;
    options.input = {text};
    options.args.model = ModelKind::kSkipgram;
    options.args.loss = LossKind::kNegativeSampling;
    options.args.min_count = 5;
    options.args.bucket = 0;
    options.args.dim = dim;
    options.args.epoch = epochs;
    options.lr = lr;
    return options;
  }

  Options options_;
  std::unique_ptr<Communicator> ranks_ = make_one_process();
  TrainingData data_;
  Weights weights_;
  std::vector<int64_t> counts_;
  AliasTable negatives_;
  std::unique_ptr<Subsampling> shares_;
  std::unique_ptr<Loss> loss_;
  RowCrowds crowds_;
  WordVectorTables tables_;
};

}  // namespace wordfire
