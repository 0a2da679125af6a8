// Requests that wait for a thread: bounded in number and in the time that they can be expected to
// wait, so that under any load those that are taken are answered soon, and the others learn at once
// that they are not.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace wordfire::serve {

class Work {
 public:
  virtual ~Work() = default;
  virtual void run(int worker) noexcept = 0;
};

class WorkQueue {
 public:
  // workers: how many threads call serve().
  WorkQueue(size_t capacity, std::chrono::nanoseconds longest_wait, int workers);

  // False when the queue is full, or work would have to wait too long.
  [[nodiscard]] bool push(std::shared_ptr<Work> work);
  // Does work until close() was called and nothing is left.
  void serve(int worker);
  void close();

  [[nodiscard]] size_t waiting() const;

 private:
  const double longest_wait_;  // nanoseconds, for all workers together
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<std::shared_ptr<Work>> ring_;
  size_t first_ = 0;
  size_t count_ = 0;
  int sleeping_ = 0;
  double mean_time_ = 0;  // nanoseconds that recent work has taken
  bool closed_ = false;
};

}  // namespace wordfire::serve
