// What a text classifier loses when many lines are trained at once, each blind to what the others
// are about to move. The kernels' own text runs on the CPU, and every move takes effect only when
// `delay` more lines have been begun; 0: as many as the GPU would be given. It prints precision at
// 1 for each delay and learning rate: cuda/text_runs.cc allows as many lines at once as lose
// nothing here.
//
//   text_staleness TRAIN TEST LOSS DIM WORD_NGRAMS EPOCHS "LR ..." "DELAY ..."
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/backend.h"
#include "core/predictor.h"
#include "core/usable_memory.h"
#include "dist/communicator.h"
#include "tests/cuda/host_text_engine.h"
#include "train/first_weights.h"
#include "train/training_data.h"
#include "train/validation.h"

namespace wordfire {
namespace {

// Moves rows `delay` lines late.
class DelayedTeam {
 public:
  struct Move {
    float* at;
    Float4 values;
  };
  struct Shared {
    size_t delay;
    std::vector<Move> now;
    std::deque<std::vector<Move>> waiting;
  };

  DelayedTeam(int32_t size, Shared& shared) : size_(size), shared_(&shared) {}

  [[nodiscard]] int32_t size() const { return size_; }
  template <typename Body>
  void each(int64_t n, Body body) const {
    for (int64_t i = 0; i < n; ++i) body(i);
  }
  void sync() const {}
  [[nodiscard]] Float4 load(const float* at) const { return HostWarp::load_row(at); }
  void add(float* at, const Float4& move) const { shared_->now.push_back({at, move}); }
  void end_line() const {
    auto& [delay, now, waiting] = *shared_;
    waiting.push_back(std::move(now));
    now.clear();
    while (waiting.size() >= delay) {
      for (const Move& move : waiting.front()) HostWarp::add_to_row(move.at, move.values);
      now = std::move(waiting.front());
      now.clear();
      waiting.pop_front();
    }
  }

 private:
  int32_t size_;
  Shared* shared_;
};

struct Run {
  double precision = 0;
  double loss = 0;  // mean of the last epoch
};

class Study {
 public:
  Study(Options options, const std::string& test) : options_(std::move(options)) {
    options_.validation = {test};
    const std::atomic<bool> stop = false;
    data_ = read_training_data(options_, {}, *ranks_, 2, stop);
    loss_ = make_loss(options_.args, data_.model->dictionary.label_counts());
  }

  Run run(double lr, size_t delay) {
    Weights weights = make_first_weights(options_, data_, 2);
    const SupervisedTask task{data_.corpus, data_.subwords, *loss_, weights, 0, 1, 1};
    const TextTables tables(*loss_, weights.output.rows());
    const TextLayout layout = plan_text_layout(shape_of(task, tables));
    HostScratch memory(layout);
    const TeamScratch scratch = memory.carve(layout);
    const TextTask view = host_text_task(task, tables, task.subwords.ends());
    DelayedTeam::Shared shared{delay, {}, {}};
    DelayedTeam team(layout.lanes, shared);
    Run result;
    for (int32_t epoch = 0; epoch < options_.args.epoch; ++epoch) {
      const LearningRate rate{lr, epoch, options_.args.epoch, data_.epoch_tokens, 0};
      result.loss = 0;
      for (int64_t i = 0; i < data_.corpus.examples(); ++i) {
        const TextRun line{i, i + 1, 0, rate};
        if (delay == 0) shared.delay = allowed(rate.at(data_.corpus.tokens_before(i)));
        const TextSums sums =
            task.subwords.empty()
                ? train_share<PlainRows>(team, view, line, layout, scratch, 0, 1)
                : train_share<SubwordRows>(team, view, line, layout, scratch, 0, 1);
        team.end_line();
        result.loss += sums.loss;
        if (sums.diverged >= 0) return {0, result.loss};
      }
      result.loss /= static_cast<double>(data_.corpus.examples());
    }
    result.precision = score(weights);
    return result;
  }

 private:
  // Lines at once on an H200.
  [[nodiscard]] size_t allowed(float lr) const {
    constexpr int64_t kHeld = 2508;
    return static_cast<size_t>(
        lines_at_once(loss_->kind(), data_.model->dictionary.nlabels(), lr, kHeld));
  }

  double score(Weights& weights) {
    Model& model = *data_.model;
    model.input.dense = weights.input.view();
    model.output.dense = weights.output.view();
    const Predictor predictor(data_.model);
    const Corpus& corpus = data_.validation->corpus;
    return validate(predictor, corpus, data_.subwords, {0, corpus.examples()}, 2).precision;
  }

  Options options_;
  std::unique_ptr<Communicator> ranks_ = make_one_process();
  TrainingData data_;
  std::unique_ptr<Loss> loss_;
};

template <typename T>
std::vector<T> list_of(const char* text) {
  std::istringstream in(text);
  std::vector<T> values;
  for (T value; in >> value;) values.push_back(value);
  return values;
}

int study(char** argv) {
  const std::map<std::string, LossKind> losses = {{"softmax", LossKind::kSoftmax},
                                                  {"ova", LossKind::kOneVsAll},
                                                  {"ns", LossKind::kNegativeSampling},
                                                  {"hs", LossKind::kHierarchicalSoftmax}};
  Options options;
  options.input = {argv[1]};
  options.args.loss = losses.at(argv[3]);
  options.args.dim = std::atoi(argv[4]);
  options.args.word_ngrams = std::atoi(argv[5]);
  options.args.epoch = std::atoi(argv[6]);
  if (options.args.word_ngrams < 2) options.args.bucket = 0;
  Study of(options, argv[2]);
  for (const double lr : list_of<double>(argv[7])) {
    for (const auto delay : list_of<size_t>(argv[8])) {
      const Run run = of.run(lr, delay);
      fmt::print("{} {} lr {} delay {} lr*delay {:.1f}: P@1 {:.4f} loss {:.4f}\n", argv[1], argv[3],
                 lr, delay, lr * static_cast<double>(delay), run.precision, run.loss);
      std::fflush(stdout);
    }
  }
  return 0;
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) {
  constexpr int kArguments = 9;
  if (argc != kArguments) {
    std::fputs("text_staleness TRAIN TEST LOSS DIM WORD_NGRAMS EPOCHS \"LR ...\" \"DELAY ...\"\n",
               stderr);
    return 2;
  }
  return wordfire::study(argv);
}
