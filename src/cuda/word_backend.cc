// Word vectors on a GPU: the host moves weights and text, starts the kernels and watches them.
#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "core/alias_table.h"
#include "core/error.h"
#include "core/subsampling.h"
#include "cuda/cuda_backend.h"
#include "cuda/device_corpus.h"
#include "cuda/device_weights.h"
#include "cuda/launch_size.h"
#include "cuda/memory_plan.h"
#include "cuda/row_crowds.h"
#include "cuda/word_launch.h"
#include "cuda/word_scratch.h"
#include "cuda/word_shape.h"

namespace wordfire {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned long long kNoLine = std::numeric_limits<unsigned long long>::max();
// Lines of a corpus are not longer (core/backend.h does not say so, src/train sees to it).
constexpr int64_t kUsualLine = 1024;
// The least text that is worth sending at a time.
constexpr int64_t kLeastCorpus = int64_t{16} << 20;

// Refuses what the kernels do not have.
const WordVectorTask& checked(const WordVectorTask& task) {
  if (task.loss.kind() != LossKind::kNegativeSampling) {
    throw Error::usage(
        "word vectors are trained on a GPU with -loss ns alone; choose that, or -device cpu");
  }
  if (task.exact) {
    throw Error::usage("-exact is not trained on a GPU; leave it out, or choose -device cpu");
  }
  const int32_t dim = task.weights.input.dim();
  if (word_parts(padded_width(dim)) == 0) {
    throw Error::usage("-dim " + std::to_string(dim) + ": a GPU trains word vectors of at most " +
                       std::to_string(kMostWordDim) + " values; lower it, or choose -device cpu");
  }
  return task;
}

std::vector<int64_t> ends_of_subwords(const WordVectorTask& task) {
  std::vector<int64_t> ends;
  if (task.subwords.empty()) return ends;
  for (int32_t word = 0; word < static_cast<int32_t>(task.counts.size()); ++word) {
    const auto size = static_cast<int64_t>(task.subwords.rows_of(word).size());
    ends.push_back((ends.empty() ? 0 : ends.back()) + size);
  }
  return ends;
}

// Examples as lines of words.
WordLines lines_of(const TextView& text) {
  return {text.features, text.feature_end,     text.token_end,
          text.first,    text.features_before, text.tokens_before};
}

// What the kernels read beside weights and text.
struct Tables {
  Tables(const WordVectorTask& task, const Stream& stream)
      : negatives(AliasTable(powered_counts(task.counts, task.negative_power)).cells(), stream),
        shares(Subsampling(task.counts, task.tokens, task.args.t).shares(), stream),
        subword_end(std::span<const int64_t>(ends_of_subwords(task)), stream),
        subword_rows(task.subwords.rows(), stream) {
    RowCrowds crowds = row_crowds(task);
    // Where there is one word alone, the next one stands in for a negative: a spare row of weights,
    // which nothing reads otherwise.
    crowds.output.push_back(0);
    input_crowds = DeviceArray<float>(std::span(crowds.input), stream);
    output_crowds = DeviceArray<float>(std::span(crowds.output), stream);
  }

  [[nodiscard]] static int64_t bytes_for(const WordVectorTask& task) {
    const auto words = static_cast<int64_t>(task.counts.size());
    const int64_t subwords = task.subwords.empty()
                                 ? 0
                                 : words * int64_t{sizeof(int64_t)} +
                                       static_cast<int64_t>(task.subwords.rows().size_bytes());
    const int64_t rows = words + 1 + task.weights.input.rows();
    return words * int64_t{sizeof(AliasCell) + sizeof(float)} + rows * int64_t{sizeof(float)} +
           subwords;
  }

  DeviceArray<AliasCell> negatives;
  DeviceArray<float> shares;
  DeviceArray<int64_t> subword_end;
  DeviceArray<int32_t> subword_rows;
  DeviceArray<float> input_crowds;
  DeviceArray<float> output_crowds;
};

class CudaWordVectorBackend final : public Backend {
 public:
  CudaWordVectorBackend(const WordVectorTask& task, const CudaDevice& device)
      : task_(checked(task)),
        device_(device_now(device)),
        grid_(plan_word_grid(tables_of_task(), task.args.model)),
        longest_(
            room_for_lines(longest_line(task_.corpus, {0, task_.corpus.examples()}), kUsualLine)),
        corpus_(room()),
        weights_(task_.weights, stream_),
        arrays_(task_, stream_),
        state_(1),
        kept_(grid_.warps() * longest_) {
    tables_ = tables_of_task();
    tables_.input = weights_.input();
    tables_.output = weights_.output();
    tables_.kept_shares = arrays_.shares.data();
    tables_.negatives = arrays_.negatives.data();
    tables_.subword_end = arrays_.subword_end.data();  // null without subwords
    tables_.subword_rows = arrays_.subword_rows.data();
    tables_.input_crowds = arrays_.input_crowds.data();
    tables_.output_crowds = arrays_.output_crowds.data();
    stream_.wait();
  }

  RangeResult train(const RangePlan& plan) override {
    use_device(device_);
    weights_.take(stream_);
    corpus_.begin_range(task_.corpus);
    RangeResult result;
    for (ExampleRange left = plan.range; !left.empty();) {
      const int64_t end = corpus_.fetch(task_.corpus, left);
      make_room(corpus_.longest());
      if (!train_lines(plan, {left.begin, end}, result)) break;
      left.begin = end;
    }
    result.end.lr = learning_rate(plan, task_.corpus.tokens_before(plan.range.end));
    return result;
  }

  void give_weights() override {
    use_device(device_);
    weights_.give(stream_);
  }
  void give_rows(std::span<const WeightRows> rows) override {
    use_device(device_);
    weights_.give_rows(rows, stream_);
  }
  void take_rows(std::span<const WeightRows> rows) override {
    use_device(device_);
    weights_.take_rows(rows, stream_);
  }

 private:
  // Without addresses.
  [[nodiscard]] WordVectorTables tables_of_task() const {
    WordVectorTables tables;
    tables.dim = task_.weights.input.dim();
    tables.width = padded_width(tables.dim);
    tables.words = static_cast<int64_t>(task_.counts.size());
    tables.ws = task_.args.ws;
    tables.neg = task_.args.neg;
    tables.batch_size =
        task_.batch_size > 0 ? task_.batch_size : std::numeric_limits<int32_t>::max() / 2;
    return tables;
  }
  [[nodiscard]] int64_t room() const {
    const std::array<MemoryPart, 4> parts = {
        {{"input matrix", DeviceMatrix::bytes_for(task_.weights.input)},
         {"output matrix", DeviceMatrix::bytes_for(task_.weights.output)},
         {"tables", Tables::bytes_for(task_)},
         {"words of lines", grid_.warps() * longest_ * int64_t{sizeof(int32_t)}}}};
    const int64_t all = place_text(task_.corpus, {0, task_.corpus.examples()}).bytes;
    return room_for_corpus(device_, parts, std::min(all, kLeastCorpus));
  }
  // For the lines of another corpus than the backend was made for.
  void make_room(int64_t longest) {
    if (longest <= longest_) return;
    longest_ = room_for_lines(longest, longest_);
    kept_ = DeviceArray<int32_t>();
    kept_ = DeviceArray<int32_t>(grid_.warps() * longest_);
  }

  // Returns false when the range is to be left.
  bool train_lines(const RangePlan& plan, ExampleRange left, RangeResult& result) {
    while (!left.empty()) {
      if (plan.stop) return false;
      const Clock::time_point start = Clock::now();
      const ExampleRange now = first_lines(task_.corpus, left, size_.tokens());
      launch(plan, now);
      corpus_.fetch_ahead(task_.corpus, plan.range.end);
      WordState state{};
      state_.download({&state, 1}, stream_);
      stream_.wait();
      const int64_t tokens =
          task_.corpus.tokens_before(now.end) - task_.corpus.tokens_before(now.begin);
      size_.adapt(tokens, std::chrono::duration<double>(Clock::now() - start).count());
      if (state.diverged != kNoLine) {
        fail(plan, static_cast<int64_t>(state.diverged), result);
        return false;
      }
      report(plan, now, tokens, state, result);
      left.begin = now.end;
    }
    return true;
  }

  void launch(const RangePlan& plan, const ExampleRange& range) {
    first_state_ = {static_cast<unsigned long long>(range.begin), kNoLine, 0, 0};
    state_.upload({&first_state_, 1}, stream_);
    const WordGrid grid = grid_for_text(grid_, plan.epoch_tokens, device_.multiprocessors);
    const auto others = static_cast<float>(std::min(grid.warps(), range.size()) - 1);
    const WordPass pass{schedule_of(plan), task_.seed, static_cast<uint64_t>(plan.examples_before),
                        others};
    const WordWork work{range.end, longest_,
                        word_scratch_bytes(tables_.width, tables_.ws, tables_.neg), kept_.data(),
                        state_.data()};
    launch_words(grid, tables_, lines_of(corpus_.view()), pass, work, task_.args.model, stream_);
  }

  void report(const RangePlan& plan, const ExampleRange& done, int64_t tokens,
              const WordState& state, RangeResult& result) const {
    result.end.tokens += tokens;
    result.end.examples += static_cast<int64_t>(state.losses);
    result.end.loss_sum += state.loss_sum;
    result.end.lr = learning_rate(plan, task_.corpus.tokens_before(done.end));
    if (plan.progress) plan.progress(result.end);
  }
  void fail(const RangePlan& plan, int64_t line, RangeResult& result) const {
    result.diverged = true;
    result.diverged_example = plan.examples_before + line;
    result.diverged_lr = learning_rate(plan, task_.corpus.tokens_before(line));
  }

  WordVectorTask task_;
  CudaDevice device_;
  WordGrid grid_;
  Stream stream_;
  int64_t longest_;
  DeviceCorpus corpus_;
  DeviceWeights weights_;
  Tables arrays_;
  WordState first_state_{};  // of a launch; it is copied from while that is queued
  DeviceArray<WordState> state_;
  DeviceArray<int32_t> kept_;  // [warps, longest]
  WordVectorTables tables_;
  LaunchSize size_;
};

}  // namespace

std::unique_ptr<Backend> make_cuda_word_vector_backend(const WordVectorTask& task,
                                                       const CudaDevice& device) {
  return std::make_unique<CudaWordVectorBackend>(task, device);
}

}  // namespace wordfire
