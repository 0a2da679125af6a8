// What a text classifier loses when many lines are trained at once, each blind to what the others
// are about to move. The kernels' own text runs on the CPU, and every move takes effect only when
// `delay` more lines have been begun; 0: as many as the GPU would be given. It prints precision at
// 1 for each delay and learning rate: cuda/text_runs.cc allows as many lines at once as lose
// nothing here.
//
//   text_staleness TRAIN TEST LOSS DIM WORD_NGRAMS EPOCHS "LR ..." "DELAY ..."
#include <fmt/format.h>

#include <cstdio>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "bench/gpu/text_study.h"
#include "core/error.h"
#include "tests/cuda/host_text_engine.h"

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

struct Outcome {
  double precision = 0;
  double loss = 0;  // mean of the last epoch
};

// The kernels' text, a line after the other.
class DelayedRun {
 public:
  // delay: 0 for what the GPU would be given. All outlive this object.
  DelayedRun(TextStudy& study, Weights& weights, size_t delay)
      : study_(study),
        delay_(delay),
        task_(study.task(weights, study.corpus())),
        tables_(task_.loss, weights.output.rows()),
        layout_(plan_text_layout(shape_of(task_, tables_))),
        memory_(layout_),
        shared_{delay, {}, {}},
        team_(layout_.lanes, shared_) {}

  // The mean loss; not a number where training has diverged.
  double epoch(const LearningRate& rate) {
    const Corpus& corpus = study_.corpus();
    const TeamScratch scratch = memory_.carve(layout_);
    const TextTask view = host_text_task(task_, tables_, {0, corpus.examples()});
    TextSums all;
    for (int64_t i = 0; i < corpus.examples() && all.diverged < 0; ++i) {
      if (delay_ == 0) shared_.delay = allowed(rate.at(corpus.tokens_before(i)));
      const TextRun line{i, i + 1, 0, rate};
      add_sums(all, train_share<PlainRows>(team_, view, line, layout_, scratch, 0, 1));
      team_.end_line();
    }
    return all.loss / static_cast<double>(corpus.examples());
  }

 private:
  // Lines at once on an H200.
  [[nodiscard]] size_t allowed(float lr) const {
    constexpr int64_t kHeld = 2508;
    const int64_t of_run = study_.corpus().examples() * study_.args().epoch / kTextPartOfRun;
    const int64_t labels = task_.weights.output.rows();
    return static_cast<size_t>(
        lines_at_once(task_.loss.kind(), labels, lr, std::min(kHeld, of_run)));
  }

  TextStudy& study_;
  size_t delay_;
  SupervisedTask task_;
  TextTables tables_;
  TextLayout layout_;
  HostScratch memory_;
  DelayedTeam::Shared shared_;
  DelayedTeam team_;
};

Outcome run(TextStudy& study, double lr, size_t delay) {
  Weights weights = study.first_weights(0);
  DelayedRun training(study, weights, delay);
  const int32_t epochs = study.args().epoch;
  Outcome outcome;
  for (int32_t epoch = 0; epoch < epochs; ++epoch) {
    outcome.loss = training.epoch({lr, epoch, epochs, study.tokens(), 0});
    if (outcome.loss - outcome.loss != 0) return outcome;
  }
  outcome.precision = study.score(weights);
  return outcome;
}

int run_all(char** argv) {
  constexpr int kThreads = 2;
  TextStudy study(study_options(argv + 1), kThreads);
  for (const double lr : list_of<double>(argv[7])) {
    for (const auto delay : list_of<size_t>(argv[8])) {
      const Outcome outcome = run(study, lr, delay);
      fmt::print("{} {} lr {} delay {}: P@1 {:.4f} loss {:.4f}\n", argv[1], argv[3], lr, delay,
                 outcome.precision, outcome.loss);
      std::fflush(stdout);
    }
  }
  return 0;
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) {
  constexpr int kArguments = 9;
  if (argc == 1) {
    std::puts("skipped: it studies a text; see its head comment");
    return 0;
  }
  if (argc != kArguments) {
    std::fputs("text_staleness TRAIN TEST LOSS DIM WORD_NGRAMS EPOCHS \"LR ...\" \"DELAY ...\"\n",
               stderr);
    return 2;
  }
  try {
    return wordfire::run_all(argv);
  } catch (const wordfire::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
