// The only place in the libraries that starts threads (OpenMP).
#pragma once

#include <cstdint>
#include <functional>

namespace wordfire {

// Threads that this process may run at once: CPU affinity and the cgroup's CPU quota (rounded up), at least 1.
[[nodiscard]] int available_threads();

// Runs work(worker) for worker in [0, threads), all at the same time where the machine allows it, and waits.
// If any throws, the first exception (by time) is rethrown once all have ended.
void parallel_workers(int threads, const std::function<void(int)>& work);

// Cuts [0, n) into pieces of at most `grain` and runs work(begin, end) on each, on up to `threads` threads,
// in no order. Exceptions as above; pieces not yet begun are then skipped.
void parallel_for(int64_t n, int64_t grain, int threads,
                  const std::function<void(int64_t, int64_t)>& work);

}  // namespace wordfire
