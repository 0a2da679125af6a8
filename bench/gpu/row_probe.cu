// How fast a GPU copies, multiplies, reads random rows, and adds to them: what bounds training. Its
// output is what row_rates.h reads. Arguments, with what they are otherwise:
//
//   row_probe [copy_mib=1024] [tables="10 36 73 284 2048"] [rows="64 400 448 512 1216 2048 4096"]
//             [per_group=256] [blocks=8] [steps=4096] [repeats=3]
//
// tables: in MiB; rows: in bytes, multiples of 16; per_group: rows that each group of threads
// takes; blocks: of a multiprocessor; steps: of multiply-adds.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "bench/gpu/arguments.h"
#include "core/error.h"
#include "core/rng.h"
#include "cuda/cuda_device.h"
#include "cuda/device_memory.h"
#include "cuda/device_warp.cuh"

namespace wordfire {
namespace {

constexpr int kThreads = 256;
constexpr int64_t kMebibyte = 1 << 20;

struct Sizes {
  int64_t copy_mib;
  std::vector<int64_t> tables;
  std::vector<int64_t> rows;
  int64_t per_group;
  int64_t blocks;
  int64_t steps;
  int64_t repeats;
};

struct Probe {
  float* rows;
  int64_t count;      // of rows
  int32_t quads;      // groups of four floats that a row has
  int32_t lanes;      // threads that share a row
  int32_t per_group;  // rows that each group of threads takes
  bool zipf;
};

// Of a table of n rows. Zipf's law: as many in [1, 2) as in [2, 4), [4, 8), ...
__device__ int64_t draw_row(Rng& draws, int64_t n, bool zipf) {
  if (!zipf) return draws.below(static_cast<uint32_t>(n));
  const float at = exp2f(draws.uniform() * log2f(static_cast<float>(n)));
  return min(static_cast<int64_t>(at) - 1, n - 1);
}

template <bool adds>
__global__ void use_rows(Probe probe, float* sink) {
  const int64_t thread = int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  const auto lane = static_cast<int32_t>(thread % probe.lanes);
  Rng draws(7, static_cast<uint64_t>(thread / probe.lanes));
  Float4 sum;
  for (int32_t i = 0; i < probe.per_group; ++i) {
    float* const row =
        probe.rows + draw_row(draws, probe.count, probe.zipf) * probe.quads * int64_t{4};
    for (int32_t quad = lane; quad < probe.quads; quad += probe.lanes) {
      if (adds) {
        DeviceWarp::add_to_row(row + 4 * quad, {1e-9f, 1e-9f, 1e-9f, 1e-9f});
      } else {
        sum = add_scaled(sum, 1, DeviceWarp::load_row(row + 4 * quad));
      }
    }
  }
  if (sum.x + sum.y + sum.z + sum.w == 1e30f) *sink = sum.x;  // so that reading is not left out
}

// Independent multiply-adds of a step: enough to hide how long one takes.
constexpr int kChains = 8;

__global__ void multiply(int64_t steps, float factor, float* sink) {
  float values[kChains];
#pragma unroll
  for (int i = 0; i < kChains; ++i) values[i] = static_cast<float>(threadIdx.x + i);
  for (int64_t step = 0; step < steps; ++step) {
#pragma unroll
    for (int i = 0; i < kChains; ++i) values[i] = fmaf(values[i], factor, 0.5f);
  }
  float sum = 0;
#pragma unroll
  for (int i = 0; i < kChains; ++i) sum += values[i];
  if (sum == 1e30f) *sink = sum;
}

// The median of some runs, after one that warms up.
template <typename Work>
double seconds_of(const Stream& stream, int64_t repeats, Work work) {
  work();
  stream.wait();
  std::vector<double> seconds;
  for (int64_t i = 0; i < std::max<int64_t>(repeats, 1); ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    stream.wait();
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

void print_copy(const Stream& stream, const Sizes& sizes) {
  const int64_t bytes = sizes.copy_mib * kMebibyte;
  const DeviceBytes from(bytes);
  const DeviceBytes to(bytes);
  from.zero(stream);
  const double seconds = seconds_of(stream, sizes.repeats, [&] {
    check_cuda(cudaMemcpyAsync(to.data(), from.data(), static_cast<size_t>(bytes),
                               cudaMemcpyDeviceToDevice, stream.get()),
               "cudaMemcpyAsync");
  });
  std::printf("| copy | %.4g |\n", 2.0 * static_cast<double>(bytes) / seconds);
}

void print_operations(const Stream& stream, unsigned blocks, const Sizes& sizes) {
  const DeviceArray<float> sink(1);
  const double seconds = seconds_of(stream, sizes.repeats, [&] {
    multiply<<<blocks, kThreads, 0, stream.get()>>>(sizes.steps, 0.999f, sink.data());
  });
  check_launch("multiply");
  const double steps = 1.0 * blocks * kThreads * static_cast<double>(sizes.steps);
  std::printf("| operations | %.4g |\n", 2 * kChains * steps / seconds);
}

void print_rows(const Stream& stream, unsigned blocks, const Sizes& sizes, int64_t row_bytes,
                const DeviceBytes& table, bool zipf) {
  const auto quads = static_cast<int32_t>((row_bytes + 15) / 16);
  // A warp's threads share one row, or eight rows of 64 bytes.
  const int32_t lanes = quads <= 4 ? 4 : 32;
  const Probe probe{static_cast<float*>(table.data()),
                    table.size() / (quads * 16),
                    quads,
                    lanes,
                    static_cast<int32_t>(sizes.per_group),
                    zipf};
  const double rows = 1.0 * blocks * kThreads / lanes * probe.per_group;
  const DeviceArray<float> sink(1);
  const double read = seconds_of(stream, sizes.repeats, [&] {
    use_rows<false><<<blocks, kThreads, 0, stream.get()>>>(probe, sink.data());
  });
  const double added = seconds_of(stream, sizes.repeats, [&] {
    use_rows<true><<<blocks, kThreads, 0, stream.get()>>>(probe, sink.data());
  });
  check_launch("use_rows");
  const double bytes = rows * 16.0 * quads;
  std::printf("| rows | %d | %lld | %s | %.4g | %.4g | %.3f | %.3f |\n", quads * 16,
              static_cast<long long>(table.size() / kMebibyte), zipf ? "Zipf" : "uniform",
              bytes / read, bytes / added, rows / read / 1e9, rows / added / 1e9);
  std::fflush(stdout);
}

int probe(Arguments arguments) {
  const Sizes sizes{arguments.count("copy_mib", 1024),
                    arguments.counts("tables", "10 36 73 284 2048"),
                    arguments.counts("rows", "64 400 448 512 1216 2048 4096"),
                    arguments.count("per_group", 256),
                    arguments.count("blocks", 8),
                    arguments.count("steps", 4096),
                    arguments.count("repeats", 3)};
  arguments.finish();
  const CudaSearch search = find_cuda_device(-1);
  if (!search.device) {
    std::printf("skipped: %s\n", search.reason.c_str());
    return 0;
  }
  use_device(*search.device);
  // This program has a runtime of its own beside the library's.
  check_cuda(cudaSetDevice(search.device->ordinal), "cudaSetDevice");
  std::printf("%s, %d multiprocessors\n\n", search.device->name.c_str(),
              search.device->multiprocessors);
  std::printf("| what | bytes read and written, or operations, a second |\n|---|---|\n");
  const Stream stream;
  const auto blocks = static_cast<unsigned>(search.device->multiprocessors * sizes.blocks);
  print_copy(stream, sizes);
  print_operations(stream, blocks, sizes);
  std::printf(
      "\n| what | bytes a row | MiB of all | drawn | read bytes/s | add bytes/s | read G rows/s | "
      "add "
      "G rows/s |\n|---|---|---|---|---|---|---|---|\n");
  for (const int64_t mebibytes : sizes.tables) {
    const DeviceBytes table(mebibytes * kMebibyte);
    table.zero(stream);
    for (const int64_t row_bytes : sizes.rows) {
      for (const bool zipf : {false, true}) {
        print_rows(stream, blocks, sizes, row_bytes, table, zipf);
      }
    }
  }
  return 0;
}

}  // namespace
}  // namespace wordfire

int main(int argc, char** argv) {
  try {
    return wordfire::probe(wordfire::Arguments(argc, argv));
  } catch (const wordfire::Error& error) {
    std::fprintf(stderr, "row_probe: %s\n", error.what());
    return 1;
  }
}
