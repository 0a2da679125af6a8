// The kernels of word_ladder.h and production's on one text: each is checked against plain loops,
// and then timed. A warm launch first, then the median of some.
//
//   word_ladder [tokens=6.7e7] [words=80000] [dim=128] [repeats=3] [rates=OUTPUT OF row_probe]
//   word_ladder --check     only checks; the exit status says how it went
#include <cuda_runtime_api.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "bench/gpu/arguments.h"
#include "bench/gpu/ladder_case.h"
#include "bench/gpu/ladder_kernel.cuh"
#include "bench/gpu/ladder_main.h"
#include "bench/gpu/ladder_text.h"
#include "bench/gpu/ladder_work.h"
#include "core/error.h"
#include "cuda/cuda_device.h"
#include "cuda/device_memory.h"

namespace wordfire::ladder {
namespace {

using Launch = void (*)(const WordGrid&, const WordVectorTables&, const WordLines&, const WordPass&,
                        WordWork, const Stream&);

// How a rung is launched, and how many warps of it the GPU holds.
struct Launcher {
  Launch launch;
  WordGrid (*plan)(const WordVectorTables&);
};

int attribute(cudaDeviceAttr which) {
  int device = 0;
  int value = 0;
  check_cuda(cudaGetDevice(&device), "cudaGetDevice");
  check_cuda(cudaDeviceGetAttribute(&value, which, device), "cudaDeviceGetAttribute");
  return value;
}

template <class Kernel>
void launch_rung(const WordGrid& grid, const WordVectorTables& tables, const WordLines& lines,
                 const WordPass& pass, WordWork work, const Stream& stream) {
  work.scratch_bytes = scratch_bytes<Kernel>(tables);
  climb<Kernel>
      <<<static_cast<unsigned>(grid.blocks), static_cast<unsigned>(grid.warps_of_block * kLanes),
         static_cast<size_t>(grid.warps_of_block * work.scratch_bytes), stream.get()>>>(
          tables, lines, pass, work);
  check_launch("climb");
}

// As plan_word_grid() does it: as many warps as a multiprocessor holds.
template <class Kernel>
WordGrid plan_rung(const WordVectorTables& tables) {
  const auto kernel = climb<Kernel>;
  const int most = attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin);
  check_cuda(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, most),
             "cudaFuncSetAttribute");
  check_cuda(cudaFuncSetAttribute(kernel, cudaFuncAttributePreferredSharedMemoryCarveout,
                                  cudaSharedmemCarveoutMaxShared),
             "cudaFuncSetAttribute");
  WordGrid best;
  for (int warps = 1; warps <= kMostWarpsOfBlock; ++warps) {
    const auto bytes = static_cast<size_t>(warps * scratch_bytes<Kernel>(tables));
    if (bytes > static_cast<size_t>(most)) break;
    int blocks = 0;
    check_cuda(
        cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, warps * kLanes, bytes),
        "cudaOccupancyMaxActiveBlocksPerMultiprocessor");
    const WordGrid grid{attribute(cudaDevAttrMultiProcessorCount) * blocks, warps};
    if (grid.warps() >= best.warps()) best = grid;
  }
  return best;
}

void launch_production(const WordGrid& grid, const WordVectorTables& tables, const WordLines& lines,
                       const WordPass& pass, WordWork work, const Stream& stream) {
  work.scratch_bytes = word_scratch_bytes(tables.width, tables.ws, tables.neg);
  launch_words(grid, tables, lines, pass, work, ModelKind::kSkipgram, stream);
}

WordGrid plan_production(const WordVectorTables& tables) {
  return plan_word_grid(tables, ModelKind::kSkipgram);
}

template <class Kernel>
constexpr Launcher launcher_of() {
  return {launch_rung<Kernel>, plan_rung<Kernel>};
}

Launcher find_launcher(Rung rung) {
  switch (rung) {
    case Rung::kScalarPairs:
      return launcher_of<ScalarPairs<LadderWarp>>();
    case Rung::kQuadPairs:
      return launcher_of<QuadPairs<LadderWarp>>();
    case Rung::kSharedOutputs:
      return launcher_of<SharedOutputs<LadderWarp>>();
    case Rung::kSharedWindow:
      return launcher_of<SharedWindow<LadderWarp>>();
    case Rung::kProduction:
      return {launch_production, plan_production};
    default:
      return launcher_of<SharedNegatives<LadderWarp, kSharedWindows>>();
  }
}

// Text, tables and weights on the GPU.
class Task {
 public:
  explicit Task(const LadderText& text)
      : words_(std::span(text.words), stream_),
        ends_(std::span(text.ends), stream_),
        shares_(std::span(text.shares), stream_),
        cells_(std::span(text.cells), stream_),
        crowds_(
            std::span<const float>(std::vector<float>(static_cast<size_t>(text.tables.words) + 1)),
            stream_),
        input_(static_cast<int64_t>(text.input.size())),
        output_(static_cast<int64_t>(text.output.size())),
        state_(1),
        tables_(text.tables),
        longest_(text.longest) {
    tables_.input = input_.data();
    tables_.output = output_.data();
    tables_.kept_shares = shares_.data();
    tables_.negatives = cells_.data();
    tables_.input_crowds = crowds_.data();
    tables_.output_crowds = crowds_.data();
    put(text);
  }

  // Weights as the text has them.
  void put(const LadderText& text) {
    input_.upload(text.input, stream_);
    output_.upload(text.output, stream_);
    stream_.wait();
  }
  void take(std::vector<float>& input, std::vector<float>& output) {
    input_.download(input, stream_);
    output_.download(output, stream_);
    stream_.wait();
  }
  [[nodiscard]] const WordVectorTables& tables() const { return tables_; }

  // All lines once. Returns the seconds.
  double train(const Launcher& of, const WordGrid& grid, const LearningRate& rate) {
    const DeviceArray<int32_t> kept(grid.warps() * longest_);
    const WordState first{0, ~0ull, 0, 0};
    state_.upload({&first, 1}, stream_);
    stream_.wait();
    WordWork work{ends_.size(), longest_, 0, kept.data(), state_.data()};
    const WordLines lines{words_.data(), ends_.data(), ends_.data(), 0, 0, 0};
    const auto start = std::chrono::steady_clock::now();
    of.launch(grid, tables_, lines, {rate, SmallCase::kSeed, 0, 0}, work, stream_);
    stream_.wait();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

 private:
  Stream stream_;
  DeviceArray<int32_t> words_;
  DeviceArray<int64_t> ends_;
  DeviceArray<float> shares_;
  DeviceArray<AliasCell> cells_;
  DeviceArray<float> crowds_;
  DeviceArray<float> input_;
  DeviceArray<float> output_;
  DeviceArray<WordState> state_;
  WordVectorTables tables_;
  int64_t longest_;
};

// One warp takes the lines in order, as the plain loops do.
bool is_right(Rung rung, int32_t dim, int64_t lines) {
  const SmallCase small(dim, lines, 60);
  const LadderText text = text_of(small);
  Task task(text);
  // A rate that does not fall.
  const LearningRate rate{SmallCase::kLr, 0, 1, int64_t{1} << 60, 0};
  const Launcher launcher = find_launcher(rung);
  (void)launcher.plan(task.tables());  // also allows the kernel its shared memory
  task.train(launcher, {1, 1}, rate);
  std::vector<float> input(text.input.size());
  std::vector<float> output(text.output.size());
  task.take(input, output);
  const double apart = small.distance(rung, input, output);
  const bool right = apart < kLadderTolerance;
  if (!right) {
    std::printf("WRONG: %s, dim %d: %.3g of the largest value from the plain loops\n",
                name_of(rung), dim, apart);
  }
  return right;
}

int check(int64_t lines) {
  int wrong = 0;
  for (const Rung rung : kRungs) {
    for (const int32_t dim : {10, 100, 128}) wrong += is_right(rung, dim, lines) ? 0 : 1;
  }
  std::printf("checked %zu rungs at 3 dimensions against plain loops: %d wrong\n\n", kRungs.size(),
              wrong);
  return wrong == 0 ? 0 : 1;
}

void time_rung(Rung rung, Task& task, const LadderText& text, int64_t repeats,
               const RowRates& rates) {
  const Launcher launcher = find_launcher(rung);
  const auto tokens = static_cast<int64_t>(text.words.size());
  const WordGrid grid = grid_for_text(launcher.plan(task.tables()), tokens,
                                      attribute(cudaDevAttrMultiProcessorCount));
  task.put(text);
  // So small that no rung diverges, however many lines are under way; time does not depend on it.
  const LearningRate rate{1e-4, 0, 1, tokens, 0};
  task.train(launcher, grid, rate);
  std::vector<double> seconds;
  for (int64_t i = 0; i < std::max<int64_t>(repeats, 1); ++i) {
    seconds.push_back(task.train(launcher, grid, rate));
  }
  std::sort(seconds.begin(), seconds.end());
  const double per_second = static_cast<double>(tokens) / seconds[seconds.size() / 2];
  const WordVectorTables& tables = task.tables();
  const LadderSample sample = sample_of(text, rung);
  const double row_bytes = tables.width * double{sizeof(float)};
  std::printf("| %s | %lld | %.4g | %.4g | %.2f | %s |\n", name_of(rung),
              static_cast<long long>(grid.warps()), per_second / 1e6,
              per_second * sample.kept / sample.tokens / 1e6, sample.work.reads / sample.kept,
              describe(sample.work.times(per_second / sample.tokens), row_bytes,
                       2 * row_bytes * static_cast<double>(tables.words), rates)
                  .c_str());
  std::fflush(stdout);
}

int climb_all(Arguments arguments, bool only_check) {
  const int64_t tokens = arguments.count("tokens", int64_t{1} << 26);
  const int64_t words = arguments.count("words", 80'000);
  const auto dim = static_cast<int32_t>(arguments.count("dim", 128));
  const int64_t repeats = arguments.count("repeats", 3);
  const int64_t lines = arguments.count("check_lines", 40);
  const RowRates rates = read_row_rates(arguments.text("rates", ""));
  arguments.finish();
  if (dim < 1 || dim > kMostFloats) throw Error::usage("dim: want 1 to 128");
  const CudaSearch search = find_cuda_device(-1);
  if (!search.device) {
    std::printf("skipped: %s\n", search.reason.c_str());
    return 0;
  }
  use_device(*search.device);
  // This program has a runtime of its own beside the library's.
  check_cuda(cudaSetDevice(search.device->ordinal), "cudaSetDevice");
  const int status = check(lines);
  if (only_check || status != 0) return status;
  const LadderText text = text_of(ZipfText(tokens, words), dim);
  std::printf("%s: %lld tokens, %lld words by Zipf's law, dim %d, t 1e-4, ws 5, neg 5\n\n",
              search.device->name.c_str(), static_cast<long long>(tokens),
              static_cast<long long>(words), dim);
  std::printf(
      "| rung | warps | M raw words/s | M kept words/s | rows read a kept word | limit |\n"
      "|---|---|---|---|---|---|\n");
  Task task(text);
  for (const Rung rung : kRungs) time_rung(rung, task, text, repeats, rates);
  return 0;
}

}  // namespace
}  // namespace wordfire::ladder

int main(int argc, char** argv) {
  return wordfire::ladder::ladder_main("word_ladder", argc, argv, wordfire::ladder::climb_all);
}
