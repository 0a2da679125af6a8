// Deterministic SGD: batches of examples, whose hidden vectors all come from the input rows as they
// stood at one point. Each worker owns parts of the input rows (row_parts.h) and alone reads and
// moves them, in the order of the examples. The output layer is trained in one of two ways:
//   - in series, when it is small: worker 0 moves it example by example, each step seeing the one
//     before, while all workers move the input rows of the batch before and sum those of the next;
//   - in batches: the examples are divided among the workers and see the output rows as they stood
//     before the batch; then each row is moved by the worker that owns it.
// Nothing of this depends on how many workers there are, so neither do the bits.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/backend.h"
#include "core/parallel.h"
#include "core/row_kernels.h"
#include "core/row_parts.h"

namespace wordfire {
namespace {

// Memory that different workers write lies this far apart: a pair of lines, which processors fetch
// together.
constexpr size_t kCacheLine = 128;

struct BatchPlan {
  int64_t examples;
  bool output_in_series;
  double output_share;  // of an example's cost, about
};

// In series the output layer is exact, and what an example misses is the input rows' moves by the
// batches in flight: two of 32 lose nothing on texts of 4 and 14 labels at a rate of 2. It must be
// cheap beside the input rows, since one worker does it. Otherwise a batch must hold enough work
// (kEnough floating-point operations, some 10 microseconds) to be worth two barriers, and few
// examples, since none sees the others' moves of the output rows: softmax with 4, 14 and 735 labels
// loses nothing with 16 at a rate of 1, and diverges with 64; one versus all, where every example
// pushes every row, diverges with 16 at 0.5 and does not with 8.
BatchPlan plan_batches(const SupervisedTask& task) {
  constexpr int64_t kEnough = 40'000;
  constexpr int64_t kInSeries = 32;
  // Negatives among few labels fall on all of them: 6 labels and 5 negatives diverge with 16.
  constexpr int64_t kFewLabels = 64;
  const Corpus& corpus = task.corpus;
  const SharedMatrix& output = task.weights.output;
  if (corpus.examples() == 0) return {kInSeries, true, 0};
  const int64_t features = corpus.feature_end.back() / corpus.examples() + 1;
  const int64_t rows = task.loss.moves_all_rows() ? output.rows() : 8;
  // An output row costs about three times what an input row does (14 labels, 97 features, dim 10).
  const double output_cost = 3.0 * static_cast<double>(rows);
  const double share = output_cost / (output_cost + static_cast<double>(features));
  if (share <= 0.33) return {kInSeries, true, share};
  const bool pushes_all =
      task.loss.kind() == LossKind::kOneVsAll ||
      (task.loss.kind() == LossKind::kNegativeSampling && output.rows() <= kFewLabels);
  if (pushes_all) return {4, false, share};
  const int64_t work = (2 * features + 6 * rows) * output.dim();
  return {std::clamp<int64_t>(kEnough / work, 4, 16), false, share};
}

// Worker 0 gets fewer input rows for what it does at the output layer alone.
std::vector<PartRange> divide_work(const BatchPlan& plan, int workers) {
  const double even = 1.0 / workers;
  if (!plan.output_in_series) return divide_parts(workers, even);
  return divide_parts(workers, (even - plan.output_share) / (1 - plan.output_share));
}

// The move of an output row of which no other example of the batch knows.
struct OutputMove {
  int32_t row;
  int32_t example;  // in the batch
  float alpha;
};

// What the workers share. Two batches are under way at a time.
struct Shared {
  Shared(const SupervisedTask& of_task, const BatchPlan& of_batches, int n_workers)
      : task(of_task),
        workers(n_workers),
        batches(of_batches),
        ranges(divide_work(batches, n_workers)),
        width(buffer_width(of_task.weights.input.dim())),
        sums{PartSums(batches.examples, width, ranges), PartSums(batches.examples, width, ranges)},
        gradients{SharedMatrix(batches.examples, width), SharedMatrix(batches.examples, width)},
        hidden(batches.examples, width),
        loss(static_cast<size_t>(batches.examples)) {
    moves.resize(static_cast<size_t>(workers));
    for (auto& of_worker : moves) of_worker.resize(static_cast<size_t>(workers));
    if (task.loss.moves_all_rows() && !batches.output_in_series) {
      all_alpha.resize(static_cast<size_t>(batches.examples * task.weights.output.rows()));
    }
  }

  [[nodiscard]] PartSums& sums_of(int64_t batch) { return sums[static_cast<size_t>(batch % 2)]; }
  // [batch, width]: what each input row of an example is moved by.
  [[nodiscard]] SharedMatrix& gradients_of(int64_t batch) {
    return gradients[static_cast<size_t>(batch % 2)];
  }
  // The steps of all output rows for one example of the batch.
  [[nodiscard]] std::span<float> alpha_of(int64_t in_batch) {
    const auto rows = static_cast<size_t>(task.weights.output.rows());
    return std::span(all_alpha).subspan(static_cast<size_t>(in_batch) * rows, rows);
  }

  SupervisedTask task;
  int workers;
  BatchPlan batches;
  std::vector<PartRange> ranges;  // [workers]
  int32_t width;
  std::array<PartSums, 2> sums;
  std::array<SharedMatrix, 2> gradients;
  SharedMatrix hidden;  // [batch, width]
  // The following for an output layer trained in batches alone.
  struct alignas(kCacheLine) Moves {
    std::vector<OutputMove> list;
  };
  std::vector<std::vector<Moves>> moves;  // [producers][owners]
  std::vector<float> all_alpha;           // [batch, output rows], for losses that move all of them
  std::vector<float> loss;                // [batch]
  // Workers leave when they have met for this batch. Written by worker 0 in the batch before.
  std::atomic<int64_t> leave_at = -1;
};

// The worker that owns output row `row` among `workers`: hot rows, which are neighbours, are
// spread.
int owner_of(int32_t row, int workers) {
  const uint32_t mixed = static_cast<uint32_t>(row) * 0x9e3779b1u;
  return static_cast<int>((uint64_t{mixed} * static_cast<uint64_t>(workers)) >> 32);
}

class alignas(kCacheLine) Worker {
 public:
  Worker(Shared& shared, int index, const RangePlan& plan, RangeResult& result)
      : shared_(shared),
        task_(shared.task),
        index_(index),
        plan_(plan),
        result_(result),
        input_(shared.task.weights.input, shared.ranges[static_cast<size_t>(index)]),
        batches_((plan.range.size() + shared.batches.examples - 1) / shared.batches.examples) {
    for (auto& scales : scale_) scales.resize(static_cast<size_t>(shared.batches.examples));
  }

  void run(Team& team) {
    list_rows(0);
    sum_rows(0);
    if (shared_.batches.output_in_series) {
      run_in_series(team);
    } else {
      run_in_batches(team);
    }
  }

 private:
  // Batch b goes through three stages, one between each two barriers: its input rows are summed,
  // the output layer takes its steps, its input rows are moved.
  void run_in_series(Team& team) {
    list_rows(1);
    int64_t batch = 0;
    for (; batch < batches_; ++batch) {
      team.barrier();
      if (leaving(batch)) break;
      if (index_ == 0) output_steps(batch);
      if (batch > 0) move_rows(batch - 1);
      sum_rows(batch + 1);
      list_rows(batch + 2);
    }
    team.barrier();
    move_rows(batch - 1);
  }

  void run_in_batches(Team& team) {
    for (int64_t batch = 0; batch < batches_; ++batch) {
      list_rows(batch + 1);
      team.barrier();
      if (leaving(batch)) break;
      output_gradients(batch);
      team.barrier();
      move_rows(batch);
      move_output(batch);
      if (index_ == 0) account(batch);
      sum_rows(batch + 1);
    }
  }

  // Every worker leaves at the same batch: worker 0 said so before the barrier.
  [[nodiscard]] bool leaving(int64_t batch) const {
    return shared_.leave_at.load(std::memory_order_relaxed) == batch;
  }

  [[nodiscard]] int64_t begin_of(int64_t batch) const {
    return std::min(plan_.range.end, plan_.range.begin + batch * shared_.batches.examples);
  }
  [[nodiscard]] int64_t size_of(int64_t batch) const {
    return begin_of(batch + 1) - begin_of(batch);
  }

  // Which own input rows the examples of a batch have.
  void list_rows(int64_t batch) {
    input_.begin_batch(batch);
    for (int64_t k = 0; k < size_of(batch); ++k) {
      const std::span<const int32_t> rows = rows_of(begin_of(batch) + k);
      input_.add_example(batch, rows);
      scale_of(batch, k) = 1.0f / static_cast<float>(rows.size());
    }
  }

  void sum_rows(int64_t batch) { input_.sum(batch, shared_.sums_of(batch)); }
  void move_rows(int64_t batch) { input_.move(batch, shared_.gradients_of(batch)); }

  // One over the number of input rows of example k of a batch.
  float& scale_of(int64_t batch, int64_t k) {
    return scale_[static_cast<size_t>(batch % 3)][static_cast<size_t>(k)];
  }

  // Fills step_ for example k of a batch from its hidden vector, and returns its loss.
  float output_step(int64_t batch, int64_t k) {
    const Corpus& corpus = task_.corpus;
    const int64_t i = begin_of(batch) + k;
    const float lr = learning_rate(plan_, corpus.tokens_before(i));
    Rng rng(task_.seed, static_cast<uint64_t>(plan_.epoch),
            static_cast<uint64_t>(plan_.examples_before + i));
    float* const hidden = shared_.hidden.row(k);
    shared_.sums_of(batch).add_up(k, scale_of(batch, k), hidden);
    return task_.loss.gradient(task_.weights.output, hidden, corpus.labels_of(i), lr, rng, step_);
  }

  // All steps of a batch, each seeing the one before.
  void output_steps(int64_t batch) {
    for (int64_t k = 0; k < size_of(batch); ++k) shared_.sums_of(batch).prefetch(k);
    for (int64_t k = 0; k < size_of(batch); ++k) {
      input_.prefetch(batch + 1, k);  // memory is idle while the output layer is computed
      const float loss = output_step(batch, k);
      float* const gradient = shared_.gradients_of(batch).row(k);
      std::fill(gradient, gradient + shared_.width, 0.0f);
      task_.weights.output.outer_update(step_.rows(), step_.alpha, shared_.hidden.row(k), gradient);
      kernels::scale(gradient, shared_.width, scale_of(batch, k));
      if (!add_loss(batch, k, loss)) return;
    }
    report(batch);
  }

  // The gradients of this worker's examples, from the output rows as they are.
  void output_gradients(int64_t batch) {
    for (auto& to_owner : own_moves()) to_owner.list.clear();
    const int64_t last = size_of(batch) * (index_ + 1) / shared_.workers;
    for (int64_t k = size_of(batch) * index_ / shared_.workers; k < last; ++k) {
      shared_.loss[static_cast<size_t>(k)] = output_step(batch, k);
      float* const gradient = shared_.gradients_of(batch).row(k);
      std::fill(gradient, gradient + shared_.width, 0.0f);
      task_.weights.output.add_scaled_rows(step_.rows(), step_.alpha, gradient);
      kernels::scale(gradient, shared_.width, scale_of(batch, k));
      hand_out(static_cast<int32_t>(k));
    }
  }

  // Gives each move of an output row to the owner of the row.
  void hand_out(int32_t in_batch) {
    if (step_.all) {
      std::copy(step_.alpha.begin(), step_.alpha.end(), shared_.alpha_of(in_batch).begin());
      return;
    }
    for (size_t k = 0; k < step_.alpha.size(); ++k) {
      const int32_t row = step_.ids[k];
      own_moves()[static_cast<size_t>(owner_of(row, shared_.workers))].list.push_back(
          {row, in_batch, step_.alpha[k]});
    }
  }

  std::vector<Shared::Moves>& own_moves() { return shared_.moves[static_cast<size_t>(index_)]; }

  // Moves the output rows that this worker owns, in the order of the examples: producers hold
  // rising parts of the batch.
  void move_output(int64_t batch) {
    SharedMatrix& output = task_.weights.output;
    for (const auto& from : shared_.moves) {
      for (const OutputMove& move : from[static_cast<size_t>(index_)].list) {
        output.add_to_row(move.row, shared_.hidden.row(move.example), move.alpha);
      }
    }
    if (!task_.loss.moves_all_rows()) return;
    const int64_t first = output.rows() * index_ / shared_.workers;
    const int64_t rows = output.rows() * (index_ + 1) / shared_.workers - first;
    for (int64_t k = 0; k < size_of(batch) && rows > 0; ++k) {
      const auto alpha =
          shared_.alpha_of(k).subspan(static_cast<size_t>(first), static_cast<size_t>(rows));
      output.add_outer(first, alpha, shared_.hidden.row(k));
    }
  }

  void account(int64_t batch) {
    for (int64_t k = 0; k < size_of(batch); ++k) {
      if (!add_loss(batch, k, shared_.loss[static_cast<size_t>(k)])) return;
    }
    report(batch);
  }

  // Returns false, and ends the epoch, when the loss is not a number.
  bool add_loss(int64_t batch, int64_t k, float loss) {
    result_.end.loss_sum += loss;
    if (std::isfinite(loss)) return true;
    const Corpus& corpus = task_.corpus;
    const int64_t i = begin_of(batch) + k;
    result_.diverged = true;
    result_.diverged_example = plan_.examples_before + i;
    result_.diverged_lr = learning_rate(plan_, corpus.tokens_before(i));
    shared_.leave_at.store(batch + 1, std::memory_order_relaxed);
    return false;
  }

  void report(int64_t batch) {
    const Corpus& corpus = task_.corpus;
    const int64_t end = begin_of(batch + 1);
    result_.end.examples = end - plan_.range.begin;
    result_.end.tokens = corpus.tokens_before(end) - corpus.tokens_before(plan_.range.begin);
    result_.end.lr = learning_rate(plan_, corpus.tokens_before(end));
    if (plan_.progress) plan_.progress(result_.end);
    if (plan_.stop) shared_.leave_at.store(batch + 1, std::memory_order_relaxed);
  }

  // The input rows of an example, with the character n-grams of its words.
  std::span<const int32_t> rows_of(int64_t i) {
    const std::span<const int32_t> features = task_.corpus.features_of(i);
    if (task_.subwords.empty()) return features;
    task_.subwords.expand(features, expanded_);
    return expanded_;
  }

  Shared& shared_;
  const SupervisedTask& task_;
  int index_;
  const RangePlan& plan_;
  RangeResult& result_;
  RowParts input_;
  int64_t batches_;
  std::array<std::vector<float>, 3> scale_;  // of three batches: [examples]
  std::vector<int32_t> expanded_;
  OutputStep step_;
};

class DeterministicBackend final : public Backend {
 public:
  explicit DeterministicBackend(const SupervisedTask& task)
      : task_(task), batches_(plan_batches(task)) {}

  RangeResult train(const RangePlan& plan) override {
    RangeResult result;
    if (plan.range.empty()) return result;
    if (!run(std::min(task_.threads, kRowParts), plan, result)) run(1, plan, result);
    result.end.lr = learning_rate(plan, task_.corpus.tokens_before(plan.range.end));
    return result;
  }

 private:
  // Returns false when the system gives fewer threads than `workers`; nothing is done then.
  bool run(int workers, const RangePlan& plan, RangeResult& result) {
    Shared shared(task_, batches_, workers);
    std::vector<Worker> all;
    all.reserve(static_cast<size_t>(workers));
    for (int i = 0; i < workers; ++i) all.emplace_back(shared, i, plan, result);
    std::atomic<bool> done = false;
    parallel_team(workers, [&](Team& team) {
      if (team.size() != workers) return;
      all[static_cast<size_t>(team.worker())].run(team);
      done = true;
    });
    return done;
  }

  SupervisedTask task_;
  BatchPlan batches_;
};

}  // namespace

std::unique_ptr<Backend> make_deterministic_backend(const SupervisedTask& task) {
  return std::make_unique<DeterministicBackend>(task);
}

}  // namespace wordfire
