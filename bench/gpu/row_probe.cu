// How fast a GPU reads random rows, and adds to them: what bounds the training of word vectors.
// Prints one line for each size of row and table, for uniform and Zipfian rows. No arguments.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "core/error.h"
#include "core/rng.h"
#include "cuda/cuda_device.h"
#include "cuda/device_memory.h"
#include "cuda/device_warp.cuh"

namespace wordfire {
namespace {

constexpr int kThreads = 256;
constexpr int64_t kMebibyte = 1 << 20;

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

template <typename Work>
double seconds_of(const Stream& stream, Work work) {
  work();
  stream.wait();  // warm
  const auto start = std::chrono::steady_clock::now();
  work();
  stream.wait();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print_copy(const Stream& stream) {
  constexpr int64_t kBytes = 1024 * kMebibyte;
  const DeviceBytes from(kBytes);
  const DeviceBytes to(kBytes);
  const double seconds = seconds_of(stream, [&] {
    check_cuda(
        cudaMemcpyAsync(to.data(), from.data(), kBytes, cudaMemcpyDeviceToDevice, stream.get()),
        "cudaMemcpyAsync");
  });
  std::printf("copy, read and written: %.2f TB/s\n", 2.0 * kBytes / seconds / 1e12);
}

void print_rows(const CudaDevice& device, const Stream& stream, int64_t row_bytes, int64_t bytes,
                const DeviceBytes& table, bool zipf) {
  const auto quads = static_cast<int32_t>((row_bytes + 15) / 16);
  // A warp's threads share one row, or eight rows of 64 bytes.
  const int32_t lanes = quads < 32 ? (quads <= 4 ? 4 : 32) : 32;
  const Probe probe{
      static_cast<float*>(table.data()), bytes / (quads * 16), quads, lanes, 256, zipf};
  const unsigned blocks = static_cast<unsigned>(device.multiprocessors) * 8;
  const double rows = 1.0 * blocks * kThreads / lanes * probe.per_group;
  const DeviceArray<float> sink(1);
  const double read = seconds_of(
      stream, [&] { use_rows<false><<<blocks, kThreads, 0, stream.get()>>>(probe, sink.data()); });
  const double added = seconds_of(
      stream, [&] { use_rows<true><<<blocks, kThreads, 0, stream.get()>>>(probe, sink.data()); });
  check_launch("use_rows");
  const double each = 16.0 * quads;
  std::printf(
      "%5lld-byte rows, table %5lld MiB, %-7s: read %6.2f G rows/s %6.2f TB/s, "
      "add %6.2f G rows/s %6.2f TB/s\n",
      static_cast<long long>(each), static_cast<long long>(bytes / kMebibyte),
      zipf ? "Zipf" : "uniform", rows / read / 1e9, rows * each / read / 1e12, rows / added / 1e9,
      rows * each / added / 1e12);
}

int probe() {
  const CudaSearch search = find_cuda_device(-1);
  if (!search.device) {
    std::printf("skipped: %s\n", search.reason.c_str());
    return 0;
  }
  use_device(*search.device);
  std::printf("%s, %d multiprocessors\n", search.device->name.c_str(),
              search.device->multiprocessors);
  const Stream stream;
  print_copy(stream);
  for (const int64_t mebibytes : {10, 36, 73, 284, 2048}) {
    const DeviceBytes table(mebibytes * kMebibyte);
    table.zero(stream);
    for (const int64_t row_bytes : {64, 400, 448, 512, 1200}) {
      for (const bool zipf : {false, true}) {
        print_rows(*search.device, stream, row_bytes, table.size(), table, zipf);
      }
    }
  }
  return 0;
}

}  // namespace
}  // namespace wordfire

int main() {
  try {
    return wordfire::probe();
  } catch (const wordfire::Error& error) {
    std::fprintf(stderr, "row_probe: %s\n", error.what());
    return 1;
  }
}
