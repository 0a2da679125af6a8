#include "train/device_choice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace wordfire {
namespace {

constexpr double kGibibyte = 1 << 30;
constexpr std::string_view kCpuInWords = "CPU";

std::string name_of(const CudaDevice& gpu) {
  return fmt::format("{} ({:.0f} GiB, compute {}.{})", gpu.name,
                     static_cast<double>(gpu.total_bytes) / kGibibyte, gpu.compute_major,
                     gpu.compute_minor);
}

std::string on_cpu(int threads) {
  return fmt::format("training on the CPU with {} thread{}", threads, threads == 1 ? "" : "s");
}

std::string no_gpu_trains(const std::string& reason, int threads) {
  return fmt::format("no GPU trains: {}; {}", reason, on_cpu(threads));
}

bool is_by_name(const Options& options) { return options.device.kind == DeviceWish::Kind::kCuda; }

[[noreturn]] void refuse(const Options& options, const std::string& reason) {
  throw Error::usage(
      fmt::format("option -device: got \"{}\", but {}; leave it out, and the CPU trains",
                  device_wish_text(options.device), reason));
}

// What the run asks for that no GPU does; empty where there is nothing.
std::string_view of_the_cpu(const Options& options) {
  if (options.deterministic) return "-deterministic";
  if (options.exact) return "-exact";
  const bool is_classifier = options.args.model == ModelKind::kSupervised;
  const bool has_negatives = options.args.loss == LossKind::kNegativeSampling;
  return is_classifier || has_negatives ? "" : "-loss of word vectors, other than ns,";
}

// Of all GPUs those that can be used, shared evenly. first: what was found before.
CudaSearch share_gpus(const PlaceOnHost& local, const Gpus& gpus, int count, CudaSearch first) {
  std::vector<CudaSearch> usable;
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    if (CudaSearch search = gpus.find(ordinal); search.device) usable.push_back(std::move(search));
  }
  if (usable.empty()) return first;
  return std::move(usable[static_cast<size_t>(local.rank) % usable.size()]);
}

// Rank r of n tries GPUs r, r + n, ...: no other rank does, and where all can be used it starts
// CUDA on none but its own.
CudaSearch find_gpu_of_rank(const PlaceOnHost& local, const Gpus& gpus) {
  const int count = local.ranks > 1 ? gpus.count() : 1;
  if (count <= 1) return gpus.find(-1);
  CudaSearch first = gpus.find(local.rank % count);
  if (first.device) return first;
  for (int ordinal = local.rank + local.ranks; ordinal < count; ordinal += local.ranks) {
    if (CudaSearch search = gpus.find(ordinal); search.device) return search;
  }
  return share_gpus(local, gpus, count, std::move(first));
}

DeviceChoice choose_cpu(const CudaSearch& search, int threads) {
  if (search.is_fault) {
    return {.gpu = {}, .line = no_gpu_trains(search.reason, threads), .is_warning = true};
  }
  if (!search.is_built) return {};
  return {.gpu = {}, .line = fmt::format("No GPU ({}): {}", search.reason, on_cpu(threads))};
}

}  // namespace

Gpus gpus_of_this_machine() { return {cuda_device_count, find_cuda_device, gpu_is_plugged_in}; }
Gpus gpus_at_a_glance() { return {cuda_device_count, glance_at_cuda_device, gpu_is_plugged_in}; }

DeviceChoice choose_device(const Options& options, int threads, const PlaceOnHost& local,
                           const Gpus& gpus) {
  if (options.device.kind == DeviceWish::Kind::kCpu || options.check) return {};
  if (const std::string_view what = of_the_cpu(options); !what.empty()) {
    if (is_by_name(options)) refuse(options, fmt::format("{} is of the CPU", what));
    if (!gpus.are_plugged_in()) return {};  // to count them would start CUDA
    return {.gpu = {}, .line = fmt::format("{} is of the CPU: {}", what, on_cpu(threads))};
  }
  const int asked = options.device.ordinal;
  const CudaSearch search = asked >= 0 ? gpus.find(asked) : find_gpu_of_rank(local, gpus);
  if (search.device)
    return {.gpu = search.device, .line = "Training on " + name_of(*search.device)};
  if (is_by_name(options)) refuse(options, search.reason);
  return choose_cpu(search, threads);
}

DeviceChoice choose_cpu_instead(const Error& refusal, const Options& options, int threads) {
  if (is_by_name(options)) throw refusal;
  return {.gpu = {}, .line = no_gpu_trains(refusal.what(), threads), .is_warning = true};
}

PlaceOnHost place_on_host(const Communicator& ranks) {
  PlaceOnHost local{0, 0};
  for (int rank = 0; rank < ranks.size(); ++rank) {
    if (ranks.host(rank) != ranks.host(ranks.rank())) continue;
    local.rank += rank < ranks.rank() ? 1 : 0;
    ++local.ranks;
  }
  return local;
}

std::vector<std::string> devices_of_ranks(Communicator& ranks, const DeviceChoice& mine) {
  return ranks.all_gather(mine.gpu ? fmt::format("GPU {}", mine.gpu->ordinal)
                                   : std::string(kCpuInWords));
}

std::string devices_line(const Communicator& ranks, std::span<const std::string> devices) {
  if (std::ranges::count(devices, kCpuInWords) == ranks.size()) return "";
  std::map<std::string, std::string> hosts;
  for (int rank = 0; rank < ranks.size(); ++rank) {
    std::string& line = hosts[ranks.host(rank)];
    line += (line.empty() ? "" : ", ") + devices[static_cast<size_t>(rank)];
  }
  std::vector<std::string> lines;
  for (const auto& [host, line] : hosts) lines.push_back(fmt::format("{}: {}", host, line));
  return fmt::format("Ranks train on {}", fmt::join(lines, "; "));
}

Device device_of_all(std::span<const std::string> devices) {
  return std::ranges::count(devices, kCpuInWords) == 0 ? Device::kGpu : Device::kCpu;
}

}  // namespace wordfire
