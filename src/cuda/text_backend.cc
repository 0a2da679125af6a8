// Text classifiers on a GPU: the host moves weights and text there, and starts runs of lines.
#include <algorithm>
#include <array>
#include <vector>

#include "cuda/cuda_backend.h"
#include "cuda/device_corpus.h"
#include "cuda/device_weights.h"
#include "cuda/memory_plan.h"
#include "cuda/text_launch.h"
#include "cuda/text_room.h"
#include "cuda/text_runs.h"
#include "cuda/text_tables.h"

namespace wordfire {
namespace {

// The least text that is worth sending at a time.
constexpr int64_t kLeastText = int64_t{16} << 20;

// Teams: as many as the GPU holds, unless what each wants of its memory leaves little for the rest.
int64_t most_teams(const CudaDevice& device, const TextLayout& layout, bool has_subwords) {
  constexpr int64_t kMostShare = 4;
  const int64_t held = most_text_blocks(layout, has_subwords);
  if (layout.far_bytes() == 0) return held;
  return std::clamp<int64_t>(device.free_bytes / kMostShare / layout.far_bytes(), 1, held);
}

class CudaTextEngine final : public TextEngine {
 public:
  CudaTextEngine(const SupervisedTask& task, const CudaDevice& device)
      : task_(task),
        device_(device_now(device)),
        tables_(task.loss, task.weights.output.rows()),
        layout_(plan_text_layout(shape_of(task, tables_))),
        teams_(most_teams(device_, layout_, !task.subwords.empty())),
        text_(room()),
        weights_(task_.weights, stream_),
        negatives_(tables_.negatives, stream_),
        path_end_(std::span<const int64_t>(tables_.paths.end), stream_),
        path_(std::span<const int32_t>(tables_.paths.units), stream_),
        subword_end_(task.subwords.ends(), stream_),
        subword_rows_(task.subwords.rows(), stream_),
        far_(teams_ * layout_.far_bytes()),
        sums_(teams_) {
    stream_.wait();
  }

  [[nodiscard]] int64_t most_lines() const { return teams_; }

  void begin_range() override {
    use_device(device_);
    text_.begin_range(task_.corpus);
    weights_.take(stream_);
  }
  DeviceWeights& weights() {
    use_device(device_);
    return weights_;
  }
  [[nodiscard]] const Stream& stream() const { return stream_; }
  int64_t fetch(ExampleRange range) override {
    range_end_ = range.end;
    return text_.fetch(task_.corpus, range);
  }

  TextSums train(const TextRun& run, int64_t lines) override {
    const int64_t teams = std::min({lines, teams_, run.end - run.begin});
    launch_text(work_of(run), teams, stream_);
    text_.fetch_ahead(task_.corpus, range_end_);
    std::vector<TextSums> of_teams(static_cast<size_t>(teams));
    sums_.download(of_teams, stream_);
    stream_.wait();
    TextSums all;
    for (const TextSums& sums : of_teams) add_sums(all, sums);
    return all;
  }

 private:
  // Bytes that are left for the text.
  [[nodiscard]] int64_t room() const {
    const auto subwords = static_cast<int64_t>(task_.subwords.ends().size_bytes() +
                                               task_.subwords.rows().size_bytes());
    const std::array<MemoryPart, 4> parts = {
        {{"input matrix", DeviceMatrix::bytes_for(task_.weights.input)},
         {"output matrix", DeviceMatrix::bytes_for(task_.weights.output)},
         {"tables", tables_.bytes() + subwords},
         {"lines under way", teams_ * (layout_.far_bytes() + int64_t{sizeof(TextSums)})}}};
    const int64_t all = place_text(task_.corpus, {0, task_.corpus.examples()}).bytes;
    return room_for_corpus(device_, parts, std::min(all, kLeastText));
  }

  [[nodiscard]] TextWork work_of(const TextRun& run) const {
    TextWork work;
    work.task.text = text_.view();
    work.task.subwords = {subword_end_.data(), subword_rows_.data(),
                          static_cast<int32_t>(subword_end_.size())};
    work.task.loss = {tables_.kind, tables_.neg, negatives_.data(), path_end_.data(), path_.data()};
    work.task.weights = {weights_.input(), weights_.output(),
                         padded_width(task_.weights.input.dim()), layout_.chunks,
                         static_cast<int32_t>(task_.weights.output.rows())};
    work.task.seed = task_.seed;
    work.run = run;
    work.layout = layout_;
    work.far = far_.data();
    work.far_bytes = layout_.far_bytes();
    work.sums = sums_.data();
    return work;
  }

  SupervisedTask task_;
  CudaDevice device_;
  TextTables tables_;
  TextLayout layout_;
  int64_t teams_;  // that train at once, at most
  Stream stream_;
  DeviceCorpus text_;
  int64_t range_end_ = 0;
  DeviceWeights weights_;
  DeviceArray<AliasCell> negatives_;
  DeviceArray<int64_t> path_end_;
  DeviceArray<int32_t> path_;
  DeviceArray<int64_t> subword_end_;
  DeviceArray<int32_t> subword_rows_;
  DeviceBytes far_;
  DeviceArray<TextSums> sums_;
};

class CudaTextBackend final : public Backend {
 public:
  CudaTextBackend(const SupervisedTask& task, const CudaDevice& device)
      : task_(task), engine_(task, device) {}

  RangeResult train(const RangePlan& plan) override {
    return TextRuns(task_, plan, engine_, engine_.most_lines()).run(length_);
  }
  void give_weights() override { engine_.weights().give(engine_.stream()); }
  void give_rows(std::span<const WeightRows> rows) override {
    engine_.weights().give_rows(rows, engine_.stream());
  }
  void take_rows(std::span<const WeightRows> rows) override {
    engine_.weights().take_rows(rows, engine_.stream());
  }

 private:
  SupervisedTask task_;
  CudaTextEngine engine_;
  RunLength length_;
};

}  // namespace

std::unique_ptr<Backend> make_cuda_backend(const SupervisedTask& task, const CudaDevice& device) {
  return std::make_unique<CudaTextBackend>(task, device);
}

}  // namespace wordfire
