#include "core/parallel.h"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "core/error.h"

namespace wordfire {
namespace {

// CPUs granted by the cgroup (version 2, then 1); a large number where there is no limit.
int cgroup_cpus() {
  constexpr int kNoLimit = 1 << 20;
  double quota = 0;
  double period = 0;
  std::string first;
  if (std::ifstream v2("/sys/fs/cgroup/cpu.max"); v2 >> first >> period && first != "max") {
    quota = std::atof(first.c_str());
  } else {
    std::ifstream v1_quota("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
    std::ifstream v1_period("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
    if (!(v1_quota >> quota && v1_period >> period)) return kNoLimit;
  }
  if (quota <= 0 || period <= 0) return kNoLimit;
  return std::max(1, static_cast<int>(quota / period + 0.999));
}

// Keeps the first exception of a team of threads.
class FirstException {
 public:
  void capture() noexcept {
    const std::lock_guard lock(mutex_);
    if (!exception_) exception_ = std::current_exception();
    raised_ = true;
  }
  [[nodiscard]] bool raised() const noexcept { return raised_; }
  void rethrow() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::mutex mutex_;
  std::atomic<bool> raised_ = false;
  std::exception_ptr exception_;
};

// libgomp ends the process when the system refuses it a thread, so a team larger than any before is
// tried first: that many threads at once, which do nothing.
void try_threads(int threads) {
  thread_local int started = 1;  // libgomp keeps a pool for each thread that opens teams
  if (threads <= started) return;
  std::atomic<bool> leave = false;
  std::vector<std::thread> team;
  std::exception_ptr refusal;
  try {
    team.reserve(static_cast<size_t>(threads));
    while (static_cast<int>(team.size()) < threads - 1)
      team.emplace_back([&] { leave.wait(false); });
  } catch (...) {
    refusal = std::current_exception();
  }
  leave = true;
  leave.notify_all();
  for (std::thread& each : team) each.join();
  try {
    if (refusal) std::rethrow_exception(refusal);
  } catch (const std::system_error& error) {
    throw Error::internal(fmt::format(
        "threads: the system starts {} of {} ({}); lower -thread, or raise the limit on processes "
        "or memory",
        team.size() + 1, threads, error.what()));
  }
  started = threads;
}

}  // namespace

int available_threads() {
  // OpenMP's count is that of the whole process, even where OMP_PROC_BIND has tied this thread to
  // one processor.
  return std::max(1, std::min(omp_get_num_procs(), cgroup_cpus()));
}

void parallel_workers(int threads, const std::function<void(int)>& work) {
  if (threads <= 1) {
    work(0);
    return;
  }
  try_threads(threads);
  FirstException failure;
#pragma omp parallel for schedule(static, 1) num_threads(threads)
  for (int worker = 0; worker < threads; ++worker) {
    try {
      work(worker);
    } catch (...) {
      failure.capture();
    }
  }
  failure.rethrow();
}

void parallel_for(int64_t n, int64_t grain, int threads,
                  const std::function<void(int64_t, int64_t)>& work) {
  const int64_t pieces = (n + grain - 1) / grain;
  if (threads <= 1 || pieces <= 1) {
    for (int64_t begin = 0; begin < n; begin += grain) work(begin, std::min(n, begin + grain));
    return;
  }
  try_threads(threads);
  FirstException failure;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
  for (int64_t piece = 0; piece < pieces; ++piece) {
    if (failure.raised()) continue;
    try {
      work(piece * grain, std::min(n, (piece + 1) * grain));
    } catch (...) {
      failure.capture();
    }
  }
  failure.rethrow();
}

void Barrier::arrive_and_wait() {
  constexpr int kSpins =
      20000;  // some 20 microseconds, about what falling asleep and waking up cost
  const uint32_t round = round_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size_) {
    arrived_.store(0, std::memory_order_relaxed);
    round_.store(round + 1, std::memory_order_release);
    round_.notify_all();
    return;
  }
  for (int spin = 0; spin < kSpins; ++spin) {
    if (round_.load(std::memory_order_acquire) != round) return;
  }
  round_.wait(round, std::memory_order_acquire);
}

void parallel_team(int threads, const std::function<void(Team&)>& work) {
  try_threads(threads);
  std::unique_ptr<Barrier> barrier;
#pragma omp parallel num_threads(threads)
  {
#pragma omp single
    barrier = std::make_unique<Barrier>(omp_get_num_threads());
    Team team(omp_get_thread_num(), omp_get_num_threads(), *barrier);
    work(team);
  }
}

}  // namespace wordfire
