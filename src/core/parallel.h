// The only place in the libraries that starts threads (OpenMP).
#pragma once

#include <cstdint>
#include <functional>

namespace wordfire {

// Threads that this process may run at once: CPU affinity and the cgroup's CPU quota (rounded up),
// at least 1.
[[nodiscard]] int available_threads();

// Runs work(worker) for worker in [0, threads), all at the same time where the machine allows it,
// and waits. If any throws, the first exception (by time) is rethrown once all have ended.
void parallel_workers(int threads, const std::function<void(int)>& work);

// Cuts [0, n) into pieces of at most `grain` and runs work(begin, end) on each, on up to `threads`
// threads, in no order. Exceptions as above; pieces not yet begun are then skipped.
void parallel_for(int64_t n, int64_t grain, int threads,
                  const std::function<void(int64_t, int64_t)>& work);

// The workers of one parallel_team() call.
class Team {
 public:
  Team(int worker, int size) : worker_(worker), size_(size) {}
  [[nodiscard]] int worker() const { return worker_; }
  [[nodiscard]] int size() const { return size_; }
  // Waits until every worker of the team is here.
  void barrier();

 private:
  int worker_;
  int size_;
};

// Runs work(team) on up to `threads` workers at once; team.size() says how many there are. `work`
// must not throw: the others would wait at a barrier for ever.
void parallel_team(int threads, const std::function<void(Team&)>& work);

}  // namespace wordfire
