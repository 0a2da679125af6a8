// The only place in the libraries that starts threads (OpenMP).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

namespace wordfire {

// Threads that this process may run at once: CPU affinity and the cgroup's CPU quota (rounded up),
// at least 1.
[[nodiscard]] int available_threads();

// Runs work(worker) for worker in [0, threads), all at the same time where the machine allows it,
// and waits. If any throws, the first exception (by time) is rethrown once all have ended. Throws
// Error (internal) when the system does not start that many threads, as do the next two.
void parallel_workers(int threads, const std::function<void(int)>& work);

// Cuts [0, n) into pieces of at most `grain` and runs work(begin, end) on each, on up to `threads`
// threads, in no order. Exceptions as above; pieces not yet begun are then skipped.
void parallel_for(int64_t n, int64_t grain, int threads,
                  const std::function<void(int64_t, int64_t)>& work);

// Lets the workers of a team meet, again and again. A worker spins for some microseconds, since the
// others come soon, and then sleeps: on a busy machine the others may be waiting for this very
// core.
class Barrier {
 public:
  explicit Barrier(int size) : size_(size) {}
  void arrive_and_wait();

 private:
  int size_;
  alignas(64) std::atomic<int> arrived_ = 0;
  alignas(64) std::atomic<uint32_t> round_ = 0;
};

// The workers of one parallel_team() call, as one of them sees it.
class Team {
 public:
  Team(int worker, int size, Barrier& barrier) : worker_(worker), size_(size), barrier_(barrier) {}
  [[nodiscard]] int worker() const { return worker_; }
  [[nodiscard]] int size() const { return size_; }
  // Waits until every worker of the team is here.
  void barrier() { barrier_.arrive_and_wait(); }

 private:
  int worker_;
  int size_;
  Barrier& barrier_;
};

// Runs work(team) on up to `threads` workers at once; team.size() says how many there are. `work`
// must not throw: the others would wait at a barrier for ever.
void parallel_team(int threads, const std::function<void(Team&)>& work);

}  // namespace wordfire
