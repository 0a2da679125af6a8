// The kernels of text_ladder.h and production's on drawn lines: each is checked against plain
// loops, and then timed with so many lines at once. A warm launch first, then the median of some.
//
//   text_ladder [lines=4e5] [features=94] [rows=2e6] [labels=14] [dim=10] [at_once="160 1024 4096"]
//               [repeats=3] [rates=OUTPUT OF row_probe]
//   text_ladder --check     only checks; the exit status says how it went
//
// features: of a line, as DBpedia's have with bigrams, on average; at_once: cuda/text_runs.cc
// allows 160 lines at a rate of 0.1.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <vector>

#include "bench/gpu/arguments.h"
#include "bench/gpu/drawn_lines.h"
#include "bench/gpu/ladder_main.h"
#include "bench/gpu/ladder_warp.cuh"
#include "bench/gpu/roofline.h"
#include "bench/gpu/text_ladder.h"
#include "core/error.h"
#include "cuda/cuda_device.h"
#include "cuda/device_memory.h"
#include "cuda/text_launch.h"

namespace wordfire::ladder {
namespace {

// A block is a warp.
template <class Line>
__global__ void __launch_bounds__(kLanes) climb_text(const __grid_constant__ TextWork work) {
  extern __shared__ float scores[];
  Line step(work.task.weights, scores);
  const TextSums sums =
      train_plain_share(step, work.task.text, work.task.seed, work.run, blockIdx.x, gridDim.x);
  if (threadIdx.x == 0) work.sums[blockIdx.x] = sums;
}

using Launch = void (*)(const TextWork&, int64_t, const Stream&);

template <class Line>
void launch_plain(const TextWork& work, int64_t blocks, const Stream& stream) {
  const auto bytes = static_cast<size_t>(work.task.weights.labels) * sizeof(float);
  climb_text<Line><<<static_cast<unsigned>(blocks), kLanes, bytes, stream.get()>>>(work);
  check_launch("climb_text");
}

void launch_production(const TextWork& work, int64_t blocks, const Stream& stream) {
  launch_text(work, std::min(blocks, most_text_blocks(work.layout, false)), stream);
}

struct Rung {
  const char* name;
  Launch launch;
};
constexpr std::array kRungs = {
    Rung{"1 a row at a time, floats", launch_plain<ScalarLine<LadderWarp>>},
    Rung{"2 a row at a time, four floats", launch_plain<QuadLine<LadderWarp>>},
    Rung{"3 production, rows side by side", launch_production},
};

// Lines and weights on the GPU.
class Task {
 public:
  explicit Task(const DrawnLines& lines)
      : features_(std::span(lines.features()), stream_),
        ends_(std::span(lines.ends()), stream_),
        labels_(std::span(lines.labels()), stream_),
        label_ends_(std::span(lines.label_ends()), stream_),
        input_(static_cast<int64_t>(lines.input().size())),
        output_(static_cast<int64_t>(lines.output().size())) {
    const LineShape& shape = lines.shape();
    work_.layout = plan_text_layout({shape.dim, shape.labels, double(shape.features)});
    work_.task.text = {features_.data(), ends_.data(), labels_.data(), label_ends_.data(),
                       ends_.data()};
    work_.task.weights = {input_.data(), output_.data(), lines.width(), work_.layout.chunks,
                          shape.labels};
    work_.task.seed = DrawnLines::kSeed;
    put(lines);
  }

  // Weights as they were drawn.
  void put(const DrawnLines& lines) {
    input_.upload(lines.input(), stream_);
    output_.upload(lines.output(), stream_);
    stream_.wait();
  }
  void take(std::vector<float>& input, std::vector<float>& output) {
    input_.download(input, stream_);
    output_.download(output, stream_);
    stream_.wait();
  }
  [[nodiscard]] const TextLayout& layout() const { return work_.layout; }

  // All lines once, so many at a time. Returns the seconds.
  double train(const Rung& rung, int64_t at_once, double lr) {
    const int64_t blocks = std::min(at_once, ends_.size());
    const DeviceArray<TextSums> sums(blocks);
    TextWork work = work_;
    work.sums = sums.data();
    const DeviceBytes far(blocks * work.layout.far_bytes());
    work.far = far.data();
    work.far_bytes = work.layout.far_bytes();
    work.run = {0, ends_.size(), 0, DrawnLines::rate(lr)};
    const auto start = std::chrono::steady_clock::now();
    rung.launch(work, blocks, stream_);
    stream_.wait();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

 private:
  Stream stream_;
  DeviceArray<int32_t> features_;
  DeviceArray<int64_t> ends_;
  DeviceArray<int32_t> labels_;
  DeviceArray<int64_t> label_ends_;
  DeviceArray<float> input_;
  DeviceArray<float> output_;
  TextWork work_;
};

// One line after the other, as the plain loops do.
bool is_right(const Rung& rung, int32_t dim) {
  constexpr double kLr = 0.2;
  const DrawnLines lines({.lines = 30, .features = 7, .rows = 20, .labels = 5, .dim = dim});
  Task task(lines);
  task.train(rung, 1, kLr);
  std::vector<float> input(lines.input().size());
  std::vector<float> output(lines.output().size());
  task.take(input, output);
  const double apart = lines.distance(kLr, input, output);
  const bool right = apart < kLineTolerance;
  if (!right) {
    std::printf("WRONG: %s, dim %d: %.3g of the largest value from the plain loops\n", rung.name,
                dim, apart);
  }
  return right;
}

int check() {
  int wrong = 0;
  for (const Rung& rung : kRungs) {
    for (const int32_t dim : {1, 10, 100}) wrong += is_right(rung, dim) ? 0 : 1;
  }
  std::printf("checked %zu rungs at 3 dimensions against plain loops: %d wrong\n\n", kRungs.size(),
              wrong);
  return wrong == 0 ? 0 : 1;
}

void time_rung(const Rung& rung, Task& task, const DrawnLines& lines, int64_t at_once,
               int64_t repeats, const RowRates& rates) {
  // So small that nothing diverges, however many lines are under way; time does not depend on it.
  constexpr double kLr = 1e-4;
  task.put(lines);
  task.train(rung, at_once, kLr);
  std::vector<double> seconds;
  for (int64_t i = 0; i < std::max<int64_t>(repeats, 1); ++i) {
    seconds.push_back(task.train(rung, at_once, kLr));
  }
  std::sort(seconds.begin(), seconds.end());
  const LineShape& shape = lines.shape();
  const double per_second = static_cast<double>(shape.lines) / seconds[seconds.size() / 2];
  const bool again = rung.launch != launch_production || is_read_again(task.layout(), shape.labels);
  const Work work = work_of_text_line(shape.dim, shape.features, shape.labels, again);
  const double table_bytes = lines.width() * 4.0 * (shape.rows + shape.labels);
  std::printf(
      "| %s | %lld | %.4g | %.4g | %s |\n", rung.name, static_cast<long long>(at_once),
      per_second / 1e6, per_second * shape.features / 1e6,
      describe(work.times(per_second), sector_bytes(shape.dim), table_bytes, rates).c_str());
  std::fflush(stdout);
}

int climb_all(Arguments arguments, bool only_check) {
  const LineShape shape{arguments.count("lines", 400'000),
                        static_cast<int32_t>(arguments.count("features", 94)),
                        static_cast<int32_t>(arguments.count("rows", 2'000'000)),
                        static_cast<int32_t>(arguments.count("labels", 14)),
                        static_cast<int32_t>(arguments.count("dim", 10))};
  const auto at_once = arguments.counts("at_once", "160 1024 4096");
  const int64_t repeats = arguments.count("repeats", 3);
  const RowRates rates = read_row_rates(arguments.text("rates", ""));
  arguments.finish();
  if (shape.dim < 1 || shape.dim > kMostFloats) throw Error::usage("dim: want 1 to 128");
  const CudaSearch search = find_cuda_device(-1);
  if (!search.device) {
    std::printf("skipped: %s\n", search.reason.c_str());
    return 0;
  }
  use_device(*search.device);
  // This program has a runtime of its own beside the library's.
  check_cuda(cudaSetDevice(search.device->ordinal), "cudaSetDevice");
  const int status = check();
  if (only_check || status != 0) return status;
  const DrawnLines lines(shape);
  std::printf("%s: %lld lines of %d rows out of %d by Zipf's law, %d labels, dim %d\n\n",
              search.device->name.c_str(), static_cast<long long>(shape.lines), shape.features,
              shape.rows, shape.labels, shape.dim);
  std::printf(
      "| rung | lines at once | M lines/s | M features/s | limit |\n|---|---|---|---|---|\n");
  Task task(lines);
  for (const Rung& rung : kRungs) {
    for (const int64_t n : at_once) time_rung(rung, task, lines, n, repeats, rates);
  }
  return 0;
}

}  // namespace
}  // namespace wordfire::ladder

int main(int argc, char** argv) {
  return wordfire::ladder::ladder_main("text_ladder", argc, argv, wordfire::ladder::climb_all);
}
