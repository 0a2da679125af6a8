// Deterministic SGD: small batches of examples. All gradients of a batch come from the weights as
// they stood before it; then every row is moved by the one worker that owns it, example by example.
// Which worker owns a row changes nothing in the sums, so the bits are the same for any number of
// threads.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/backend.h"
#include "core/parallel.h"
#include "core/row_kernels.h"

namespace wordfire {
namespace {

// Memory that different workers write lies this far apart: the lists below grow with every row, and
// two of them in one cache line made two threads slower than one.
constexpr size_t kCacheLine = 128;

// What one worker has computed of a batch for one owner of rows.
struct alignas(kCacheLine) InputMoves {
  std::vector<int32_t> rows;  // of the examples below, one after the other
  std::vector<uint32_t> end;  // [examples of the producer]
};
struct OutputMove {
  int32_t row;
  int32_t example;  // in the batch
  float alpha;
};
struct alignas(kCacheLine) OutputMoves {
  std::vector<OutputMove> moves;
};

// The worker that owns `row` among `workers`: hot rows, which are neighbours, are spread.
int owner_of(int32_t row, int workers) {
  const uint32_t mixed = static_cast<uint32_t>(row) * 0x9e3779b1u;
  return static_cast<int>((uint64_t{mixed} * static_cast<uint64_t>(workers)) >> 32);
}

class DeterministicBackend final : public Backend {
 public:
  explicit DeterministicBackend(const SupervisedTask& task)
      : task_(task),
        width_(buffer_width(task.weights.input.dim())),
        batch_(batch_size(task)),
        hidden_(batch_, static_cast<int32_t>(width_)),
        gradient_(batch_, static_cast<int32_t>(width_)),
        loss_(static_cast<size_t>(batch_)) {
    if (task.loss.moves_all_rows()) {
      all_alpha_.resize(static_cast<size_t>(batch_ * task.weights.output.rows()));
    }
    const auto threads = static_cast<size_t>(task.threads);
    workers_.resize(threads);
    for (WorkerState& worker : workers_) {
      worker.input.resize(threads);
      worker.output.resize(threads);
    }
  }

  EpochResult train_epoch(const EpochPlan& plan) override {
    EpochResult result;
    stop_ = false;
    parallel_team(task_.threads, [&](Team& team) { run(team, plan, result); });
    result.end.lr = learning_rate(plan, 1, 1);
    return result;
  }

 private:
  struct alignas(kCacheLine) WorkerState {
    std::vector<InputMoves> input;    // [owners]
    std::vector<OutputMoves> output;  // [owners]
    std::vector<int32_t> expanded;
    OutputStep step;
  };

  // Examples whose gradients may be computed from the same weights. The size depends on the data
  // alone, never on the threads.
  static int64_t batch_size(const SupervisedTask& task);

  void run(Team& team, const EpochPlan& plan, EpochResult& result) {
    const int64_t n = task_.corpus.examples();
    for (int64_t begin = 0; begin < n; begin += batch_) {
      const int64_t end = std::min(n, begin + batch_);
      compute_gradients(team, plan, begin, end);
      team.barrier();
      move_rows(team, begin, end);
      if (team.worker() == 0) account(plan, begin, end, result);
      team.barrier();
      if (stop_) return;
    }
  }

  // The part [first, last) of a batch that a worker computes: about equal numbers of features.
  [[nodiscard]] int64_t part_begin(int part, int parts, int64_t begin, int64_t end) const {
    if (part == 0) return begin;
    if (part == parts) return end;
    const auto& ends = task_.corpus.feature_end;
    const int64_t before = begin == 0 ? 0 : ends[static_cast<size_t>(begin) - 1];
    const int64_t wanted = before + (ends[static_cast<size_t>(end) - 1] - before) * part / parts;
    return std::upper_bound(ends.begin() + begin, ends.begin() + end, wanted) - ends.begin();
  }

  void compute_gradients(Team& team, const EpochPlan& plan, int64_t begin, int64_t end) {
    WorkerState& own = workers_[static_cast<size_t>(team.worker())];
    for (int owner = 0; owner < team.size(); ++owner) {
      own.input[static_cast<size_t>(owner)].rows.clear();
      own.input[static_cast<size_t>(owner)].end.clear();
      own.output[static_cast<size_t>(owner)].moves.clear();
    }
    const int64_t last = part_begin(team.worker() + 1, team.size(), begin, end);
    for (int64_t i = part_begin(team.worker(), team.size(), begin, end); i < last; ++i) {
      compute_gradient(team, plan, i, last, static_cast<int32_t>(i - begin), own);
    }
  }

  void compute_gradient(Team& team, const EpochPlan& plan, int64_t i, int64_t part_end,
                        int32_t in_batch, WorkerState& own) {
    const Corpus& corpus = task_.corpus;
    const std::span<const int32_t> features = rows_of(i, own);
    float* const hidden = hidden_.row(in_batch);
    float* const gradient = gradient_.row(in_batch);
    const float lr = learning_rate(plan, corpus.tokens_before(i), corpus.token_end.back());
    // Rows of this worker's part alone: fetching another's would take them away from it.
    const int64_t ahead =
        task_.subwords.empty() ? corpus.feature_end[part_end - 1] - corpus.feature_end[i] : 0;
    Rng rng(task_.seed, static_cast<uint64_t>(plan.epoch), static_cast<uint64_t>(i));
    task_.weights.input.mean_of_rows(features, ahead, hidden);
    loss_[static_cast<size_t>(in_batch)] =
        task_.loss.gradient(task_.weights.output, hidden, corpus.labels_of(i), lr, rng, own.step);
    std::fill(gradient, gradient + width_, 0.0f);
    task_.weights.output.add_scaled_rows(own.step.rows(), own.step.alpha, gradient);
    kernels::scale(gradient, width_, 1.0f / static_cast<float>(features.size()));
    hand_out(team, features, in_batch, own);
  }

  // Gives each move to the owner of its row.
  void hand_out(Team& team, std::span<const int32_t> features, int32_t in_batch, WorkerState& own) {
    for (const int32_t row : features) {
      own.input[static_cast<size_t>(owner_of(row, team.size()))].rows.push_back(row);
    }
    for (int owner = 0; owner < team.size(); ++owner) {
      InputMoves& moves = own.input[static_cast<size_t>(owner)];
      moves.end.push_back(static_cast<uint32_t>(moves.rows.size()));
    }
    if (own.step.all) {
      std::copy(own.step.alpha.begin(), own.step.alpha.end(), all_alpha(in_batch).begin());
      return;
    }
    for (size_t k = 0; k < own.step.alpha.size(); ++k) {
      const int32_t row = own.step.ids[k];
      own.output[static_cast<size_t>(owner_of(row, team.size()))].moves.push_back(
          {row, in_batch, own.step.alpha[k]});
    }
  }

  // The steps of all output rows for one example of the batch.
  std::span<float> all_alpha(int64_t in_batch) {
    const auto rows = static_cast<size_t>(task_.weights.output.rows());
    return std::span(all_alpha_).subspan(static_cast<size_t>(in_batch) * rows, rows);
  }

  // Moves the rows that this worker owns, in the order of the examples: producers hold rising parts
  // of the batch.
  void move_rows(Team& team, int64_t begin, int64_t end) {
    const auto self = static_cast<size_t>(team.worker());
    for (int producer = 0; producer < team.size(); ++producer) {
      const WorkerState& from = workers_[static_cast<size_t>(producer)];
      int64_t example = part_begin(producer, team.size(), begin, end) - begin;
      uint32_t done = 0;
      for (const uint32_t until : from.input[self].end) {
        const auto rows = std::span(from.input[self].rows).subspan(done, until - done);
        task_.weights.input.add_to_rows(rows, gradient_.row(example));
        done = until;
        ++example;
      }
      for (const OutputMove& move : from.output[self].moves) {
        task_.weights.output.add_to_row(move.row, hidden_.row(move.example), move.alpha);
      }
    }
    if (task_.loss.moves_all_rows()) move_all_rows(team, end - begin);
  }

  // Each worker owns a run of the output rows.
  void move_all_rows(Team& team, int64_t examples) {
    const int64_t rows = task_.weights.output.rows();
    const int64_t first = rows * team.worker() / team.size();
    const int64_t last = rows * (team.worker() + 1) / team.size();
    if (first == last) return;
    for (int64_t example = 0; example < examples; ++example) {
      const auto alpha =
          all_alpha(example).subspan(static_cast<size_t>(first), static_cast<size_t>(last - first));
      task_.weights.output.add_outer(first, alpha, hidden_.row(example));
    }
  }

  std::span<const int32_t> rows_of(int64_t i, WorkerState& own) const {
    const std::span<const int32_t> features = task_.corpus.features_of(i);
    if (task_.subwords.empty()) return features;
    task_.subwords.expand(features, own.expanded);
    return own.expanded;
  }

  // Sums the batch's losses in the order of the examples.
  void account(const EpochPlan& plan, int64_t begin, int64_t end, EpochResult& result) {
    const Corpus& corpus = task_.corpus;
    for (int64_t i = begin; i < end; ++i) {
      const float loss = loss_[static_cast<size_t>(i - begin)];
      result.end.loss_sum += loss;
      if (std::isfinite(loss)) continue;
      result.diverged = true;
      result.diverged_example = i;
      result.diverged_lr = learning_rate(plan, corpus.tokens_before(i), corpus.token_end.back());
      stop_ = true;
      return;
    }
    result.end.examples = end;
    result.end.tokens = corpus.tokens_before(end);
    result.end.lr = learning_rate(plan, result.end.tokens, corpus.token_end.back());
    if (plan.progress) plan.progress(result.end);
    if (plan.stop) stop_ = true;
  }

  SupervisedTask task_;
  int64_t width_;
  int64_t batch_;
  SharedMatrix hidden_;           // [batch, width]
  SharedMatrix gradient_;         // [batch, width]
  std::vector<float> all_alpha_;  // [batch, output rows], for losses that move all of them
  std::vector<float> loss_;       // [batch]
  std::vector<WorkerState> workers_;
  bool stop_ = false;  // written by worker 0 between two barriers
};

// Two forces: a batch must hold enough work (kEnough floating-point operations, some 10
// microseconds) to be worth two barriers, and few examples, since none sees the others' updates.
// Softmax with 4 and 14 labels loses nothing with 16 at a rate of 1, and diverges with 64; with 735
// labels the same; one versus all, where every example pushes every row, diverges with 16 at 0.5
// and does not with 8.
int64_t DeterministicBackend::batch_size(const SupervisedTask& task) {
  constexpr int64_t kEnough = 40'000;
  // Negatives among few labels fall on all of them: 6 labels and 5 negatives diverge with 16.
  constexpr int64_t kFewLabels = 64;
  const bool pushes_all =
      task.loss.kind() == LossKind::kOneVsAll ||
      (task.loss.kind() == LossKind::kNegativeSampling && task.weights.output.rows() <= kFewLabels);
  if (pushes_all) return 4;
  const Corpus& corpus = task.corpus;
  const int64_t features = corpus.feature_end.back() / corpus.examples() + 1;
  const int64_t rows = task.loss.moves_all_rows() ? task.weights.output.rows() : 8;
  const int64_t work = (2 * features + 6 * rows) * task.weights.input.dim();
  return std::clamp<int64_t>(kEnough / work, 4, 16);
}

}  // namespace

std::unique_ptr<Backend> make_deterministic_backend(const SupervisedTask& task) {
  return std::make_unique<DeterministicBackend>(task);
}

}  // namespace wordfire
