// What word vectors lose when many lines are trained at once, each blind to what the others are
// about to move. The kernels' own text runs on the CPU: so many warps stand at a window each, and
// what they move takes effect when all have made their step. It writes the vectors, for
// `wordfire evaluate` to judge.
//
// CURVATURE: of cuda/row_crowds.h; 0: rows move by all that pull at them.
//
//   word_staleness TEXT DIM EPOCHS LR WARPS CURVATURE OUTPUT.vec
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "core/backend.h"
#include "core/error.h"
#include "core/subsampling.h"
#include "cuda/row_crowds.h"
#include "cuda/word_line.h"
#include "cuda/word_scratch.h"
#include "dist/communicator.h"
#include "train/first_weights.h"
#include "train/training_data.h"

namespace wordfire {
namespace {

// Rows are moved when all warps have made their step.
class LateWarp : public HostWarp {
 public:
  static void add_to_row(float* at, const Float4& move) { moves().push_back({at, move}); }
  static void end_step() {
    for (const Move& move : moves()) HostWarp::add_to_row(move.at, move.values);
    moves().clear();
  }

 private:
  struct Move {
    float* at;
    Float4 values;
  };
  static std::vector<Move>& moves() {
    static std::vector<Move> moves;
    return moves;
  }
};

using Line = WordLine<LateWarp, 1, false>;

// A warp and its memory.
struct Runner {
  Runner(const WordVectorTables& tables, int64_t longest)
      : memory(static_cast<size_t>(word_scratch_bytes(tables.width, tables.ws, tables.neg)) /
               sizeof(Float4)),
        kept(static_cast<size_t>(longest)),
        line(tables, word_scratch(&memory.data()->x, kept.data(), tables.width, tables.ws)) {}

  std::vector<Float4> memory;
  std::vector<int32_t> kept;
  Line line;
  bool is_busy = false;
};

class Study {
 public:
  Study(Options options, double curvature) : options_(std::move(options)) {
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

  // Returns the mean loss of the last epoch.
  double train(int warps) {
    constexpr int64_t kLongest = 1024;
    std::vector<std::unique_ptr<Runner>> runners;
    for (int i = 0; i < warps; ++i) {
      runners.push_back(std::make_unique<Runner>(tables_, kLongest));
    }
    WordLoss before;
    for (int32_t epoch = 0; epoch < options_.args.epoch; ++epoch) {
      before = loss_of(runners);
      train_epoch(runners, epoch);
    }
    const WordLoss after = loss_of(runners);
    return (after.sum - before.sum) / static_cast<double>(after.count - before.count);
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
  static WordLoss loss_of(const std::vector<std::unique_ptr<Runner>>& runners) {
    WordLoss all;
    for (const auto& runner : runners) {
      all.sum += runner->line.loss().sum;
      all.count += runner->line.loss().count;
    }
    return all;
  }

  void train_epoch(std::vector<std::unique_ptr<Runner>>& runners, int32_t epoch) {
    const Corpus& corpus = data_.corpus;
    const WordPass pass{{options_.lr, epoch, options_.args.epoch, data_.epoch_tokens, 0}, 1, 0};
    int64_t next = 0;
    for (bool is_done = false; !is_done;) {
      is_done = true;
      for (const auto& runner : runners) {
        if (!runner->is_busy && next < corpus.examples()) {
          const auto words = corpus.features_of(next);
          runner->line.begin(words.data(), static_cast<int64_t>(words.size()),
                             pass.rate.at(corpus.tokens_before(next)), pass.draws_of(next),
                             static_cast<float>(runners.size() - 1));
          runner->is_busy = true;
          ++next;
        }
        if (runner->is_busy) runner->is_busy = runner->line.advance();
        if (runner->is_busy || next < corpus.examples()) is_done = false;
      }
      LateWarp::end_step();
    }
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

int study(char** argv) {
  Options options;
  options.input = {argv[1]};
  options.args.model = ModelKind::kSkipgram;
  options.args.loss = LossKind::kNegativeSampling;
  options.args.min_count = 5;
  options.args.bucket = 0;
  options.args.dim = std::atoi(argv[2]);
  options.args.epoch = std::atoi(argv[3]);
  options.lr = std::atof(argv[4]);
  Study of(options, std::atof(argv[6]));
  const double loss = of.train(std::atoi(argv[5]));
  of.save(argv[7]);
  fmt::print("{} warps, curvature {}: loss {:.4f}\n", argv[5], argv[6], loss);
  return 0;
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) {
  constexpr int kArguments = 8;
  if (argc == 1) {
    std::puts("skipped: it studies a text; see its head comment");
    return 0;
  }
  const auto is_count = [&](int i, int most) {
    return std::atoi(argv[i]) >= 1 && std::atoi(argv[i]) <= most;
  };
  if (argc != kArguments || !is_count(2, 128) || !is_count(3, 1000) || !is_count(5, 1 << 20)) {
    std::fputs("word_staleness TEXT DIM EPOCHS LR WARPS CURVATURE OUTPUT.vec, DIM at most 128\n",
               stderr);
    return 2;
  }
  try {
    return wordfire::study(argv);
  } catch (const wordfire::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
