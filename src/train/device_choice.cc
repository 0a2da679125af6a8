#include "train/device_choice.h"

#include <fmt/format.h>

#include <string_view>

namespace wordfire {
namespace {

constexpr double kGibibyte = 1 << 30;

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

// Which GPU to look for; -1: any.
int ordinal_of(const Options& options, int local_rank, const Gpus& gpus) {
  if (options.device.ordinal >= 0 || local_rank == 0) return options.device.ordinal;
  const int count = gpus.count();
  return count > 1 ? local_rank % count : -1;
}

DeviceChoice choose_cpu(const CudaSearch& search, int threads) {
  if (search.is_fault) {
    return {.gpu = {}, .line = no_gpu_trains(search.reason, threads), .is_warning = true};
  }
  if (!search.is_built) return {};
  return {.gpu = {}, .line = fmt::format("No GPU ({}): {}", search.reason, on_cpu(threads))};
}

}  // namespace

Gpus gpus_of_this_machine() { return {cuda_device_count, find_cuda_device}; }

DeviceChoice choose_device(const Options& options, int threads, int local_rank, const Gpus& gpus) {
  if (options.device.kind == DeviceWish::Kind::kCpu || options.check) return {};
  if (const std::string_view what = of_the_cpu(options); !what.empty()) {
    if (is_by_name(options)) refuse(options, fmt::format("{} is of the CPU", what));
    if (gpus.count() == 0) return {};
    return {.gpu = {}, .line = fmt::format("{} is of the CPU: {}", what, on_cpu(threads))};
  }
  const CudaSearch search = gpus.find(ordinal_of(options, local_rank, gpus));
  if (search.device)
    return {.gpu = search.device, .line = "Training on " + name_of(*search.device)};
  if (is_by_name(options)) refuse(options, search.reason);
  return choose_cpu(search, threads);
}

DeviceChoice choose_cpu_instead(const Error& refusal, const Options& options, int threads) {
  if (is_by_name(options) || refusal.kind() != ErrorKind::kUsage) throw refusal;
  return {.gpu = {}, .line = no_gpu_trains(refusal.what(), threads), .is_warning = true};
}

int local_rank_of(const Communicator& ranks) {
  int before = 0;
  for (int rank = 0; rank < ranks.rank(); ++rank) {
    before += ranks.host(rank) == ranks.host(ranks.rank()) ? 1 : 0;
  }
  return before;
}

}  // namespace wordfire
