#include "serve/work_queue.h"

#include <algorithm>
#include <utility>

namespace wordfire::serve {

using Clock = std::chrono::steady_clock;

WorkQueue::WorkQueue(size_t capacity, std::chrono::nanoseconds longest_wait, int workers)
    : longest_wait_(static_cast<double>(longest_wait.count()) * workers),
      ring_(std::max<size_t>(capacity, 1)) {}

bool WorkQueue::push(std::shared_ptr<Work> work) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || count_ == ring_.size()) return false;
    if (static_cast<double>(count_) * mean_time_ > longest_wait_) return false;
    ring_[(first_ + count_++) % ring_.size()] = std::move(work);
    wake = sleeping_ > 0;
  }
  if (wake) filled_.notify_one();
  return true;
}

void WorkQueue::serve(int worker) {
  std::unique_lock lock(mutex_);
  while (true) {
    while (count_ == 0 && !closed_) {
      ++sleeping_;
      filled_.wait(lock);
      --sleeping_;
    }
    if (count_ == 0) return;
    std::shared_ptr<Work> work = std::move(ring_[first_]);
    first_ = (first_ + 1) % ring_.size();
    --count_;
    lock.unlock();
    const Clock::time_point begun = Clock::now();
    work->run(worker);
    work.reset();
    const std::chrono::duration<double, std::nano> taken = Clock::now() - begun;
    lock.lock();
    // A change of load is felt after some dozens of requests; one that is odd counts for little,
    // whatever time it takes.
    constexpr double kUsual = 1e6;
    mean_time_ += (std::min(taken.count(), 4 * mean_time_ + kUsual) - mean_time_) / 16;
  }
}

void WorkQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  filled_.notify_all();
}

size_t WorkQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace wordfire::serve
