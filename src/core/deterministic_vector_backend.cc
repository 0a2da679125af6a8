// Deterministic SGD for word vectors, in rounds of kUnits pieces of text. A piece is trained by one
// worker, line after line, on its own copies of the rows; what the pieces have moved is then
// combined and added to the matrices in the order of the pieces, each row by one worker. Neither
// depends on how many workers there are, so neither do the bits.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/alias_table.h"
#include "core/backend.h"
#include "core/line_trainer.h"
#include "core/parallel.h"
#include "core/row_copies.h"
#include "core/subsampling.h"

namespace wordfire {
namespace {

// Also the most workers that have something to do. The pieces of a round do not see each other's
// moves.
constexpr int64_t kUnits = 8;
// Few enough for the copies of a piece to stay in the second-level cache (dim 100, 5 negatives).
constexpr int64_t kUnitTokens = 256;

// One of the pieces of a round.
struct alignas(128) Unit {
  Unit(const WordVectorTask& task, const AliasTable& negatives)
      : input(task.weights.input),
        output(task.weights.output),
        trainer(make_line_trainer(task, negatives, TrainedRows(input), TrainedRows(output))) {}

  RowCopies input;
  RowCopies output;
  std::unique_ptr<LineTrainer> trainer;
  std::vector<int32_t> words;
  LineLoss loss;
  int64_t last_line = 0;
};

class DeterministicVectorBackend final : public Backend {
 public:
  explicit DeterministicVectorBackend(const WordVectorTask& task)
      : task_(task),
        negatives_(powered_counts(task.counts, task.negative_power)),
        subsampling_(task.counts, task.tokens, task.args.t),
        input_(task.weights.input),
        output_(task.weights.output) {
    for (int64_t i = 0; i < kUnits; ++i) {
      Unit& unit = *units_.emplace_back(std::make_unique<Unit>(task_, negatives_));
      inputs_of_units_.push_back(&unit.input);
      outputs_of_units_.push_back(&unit.output);
    }
  }

  RangeResult train(const RangePlan& plan) override {
    RangeResult result;
    leave_ = false;
    next_unit_ = 0;
    const int threads = static_cast<int>(std::min<int64_t>(task_.threads, kUnits));
    parallel_team(threads, [&](Team& team) { run(team, plan, result); });
    result.end.lr = learning_rate(plan, task_.corpus.tokens_before(plan.range.end));
    return result;
  }

 private:
  void run(Team& team, const RangePlan& plan, RangeResult& result) {
    const int64_t end = task_.corpus.tokens_before(plan.range.end);
    int64_t begin = task_.corpus.tokens_before(plan.range.begin);
    for (; begin < end; begin += kUnits * kUnitTokens) {
      for (int64_t unit = next_unit_++; unit < kUnits; unit = next_unit_++) {
        train(*units_[static_cast<size_t>(unit)], plan, begin + unit * kUnitTokens);
      }
      team.barrier();
      input_.add(inputs_of_units_, team.worker(), team.size());
      output_.add(outputs_of_units_, team.worker(), team.size());
      if (team.worker() == 0) account(plan, begin, result);
      team.barrier();
      if (leave_) return;
    }
  }

  // The first line that begins at `token` or later.
  [[nodiscard]] int64_t line_at(int64_t token) const {
    const auto& ends = task_.corpus.token_end;
    if (token <= 0) return 0;
    return std::lower_bound(ends.begin(), ends.end(), token) - ends.begin() + 1;
  }

  // Trains the lines that begin at tokens [begin, begin + kUnitTokens).
  void train(Unit& unit, const RangePlan& plan, int64_t begin) {
    const Corpus& corpus = task_.corpus;
    unit.input.clear();
    unit.output.clear();
    unit.loss = {};
    unit.trainer->restart();
    unit.last_line = std::min(plan.range.end, line_at(begin + kUnitTokens));
    for (int64_t line = line_at(begin); line < unit.last_line; ++line) {
      const float lr = learning_rate(plan, corpus.tokens_before(line));
      Rng rng(task_.seed, static_cast<uint64_t>(plan.epoch),
              static_cast<uint64_t>(plan.examples_before + line));
      subsampling_.keep(corpus.features_of(line), rng, unit.words);
      unit.trainer->train(unit.words, lr, rng, unit.loss);
    }
    unit.input.keep_moves();
    unit.output.keep_moves();
  }

  // Sums the losses of a round in the order of its pieces.
  void account(const RangePlan& plan, int64_t begin, RangeResult& result) {
    next_unit_ = 0;
    const Corpus& corpus = task_.corpus;
    for (const auto& unit : units_) {
      result.end.loss_sum += unit->loss.sum;
      result.end.examples += unit->loss.count;
    }
    const int64_t line = units_.back()->last_line;
    result.end.tokens = corpus.tokens_before(line) - corpus.tokens_before(plan.range.begin);
    result.end.lr = learning_rate(plan, corpus.tokens_before(line));
    if (!std::isfinite(result.end.loss_sum)) {
      result.diverged = true;
      result.diverged_example = plan.examples_before + std::min(line_at(begin), plan.range.end - 1);
      result.diverged_lr = result.end.lr;
      leave_ = true;
    }
    if (plan.progress) plan.progress(result.end);
    if (plan.stop) leave_ = true;
  }

  WordVectorTask task_;
  AliasTable negatives_;
  Subsampling subsampling_;
  std::vector<std::unique_ptr<Unit>> units_;
  std::vector<RowCopies*> inputs_of_units_;
  std::vector<RowCopies*> outputs_of_units_;
  MoveCombiner input_;
  MoveCombiner output_;
  std::atomic<int64_t> next_unit_ = 0;
  bool leave_ = false;  // written by worker 0 between two barriers
};

}  // namespace

std::unique_ptr<Backend> make_deterministic_word_vector_backend(const WordVectorTask& task) {
  return std::make_unique<DeterministicVectorBackend>(task);
}

}  // namespace wordfire
