// What the workers of a Hogwild epoch share besides the weights: which examples are taken, and what
// has come of them. All methods may be called by any worker at any time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>

#include "core/backend.h"

namespace wordfire {

class HogwildEpoch {
 public:
  // Hands out `examples` examples, `chunk` at a time. plan: outlives this object.
  HogwildEpoch(const EpochPlan& plan, int64_t examples, int64_t chunk)
      : plan_(plan), examples_(examples), chunk_(chunk) {}

  [[nodiscard]] const EpochPlan& plan() const { return plan_; }

  // At most so many workers find something to do.
  [[nodiscard]] int workers(int threads) const {
    return static_cast<int>(std::min<int64_t>(threads, (examples_ + chunk_ - 1) / chunk_));
  }

  // The next examples [begin, end); none when all are taken, training is to stop or has diverged.
  struct Range {
    int64_t begin;
    int64_t end;
    [[nodiscard]] bool empty() const { return begin == end; }
  };
  [[nodiscard]] Range take() {
    if (plan_.stop || diverged_.load(std::memory_order_relaxed)) return {0, 0};
    const int64_t begin = next_.fetch_add(chunk_, std::memory_order_relaxed);
    return begin >= examples_ ? Range{0, 0} : Range{begin, std::min(examples_, begin + chunk_)};
  }

  // Adds what a worker has done, and tells plan.progress. losses: how many loss_sum has.
  void report(int64_t tokens, int64_t losses, double loss_sum, float lr) {
    const std::lock_guard lock(mutex_);
    EpochProgress& now = result_.end;
    now.tokens += tokens;
    now.examples += losses;
    now.loss_sum += loss_sum;
    now.lr = lr;
    if (plan_.progress) plan_.progress(now);
  }

  // The loss of `example` is not a number.
  void fail(int64_t example, float lr) {
    const std::lock_guard lock(mutex_);
    if (diverged_.exchange(true)) return;
    result_.diverged = true;
    result_.diverged_example = example;
    result_.diverged_lr = lr;
  }

  // Once all workers have ended.
  [[nodiscard]] EpochResult result() {
    result_.end.lr = learning_rate(plan_, 1, 1);
    return result_;
  }

 private:
  const EpochPlan& plan_;
  int64_t examples_;
  int64_t chunk_;
  std::atomic<int64_t> next_ = 0;  // the first example that no worker has taken
  std::atomic<bool> diverged_ = false;
  std::mutex mutex_;  // of result_
  EpochResult result_;
};

}  // namespace wordfire
