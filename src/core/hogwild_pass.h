// What the workers of a Hogwild pass share besides the weights: which examples are taken, and what
// has come of them. All methods may be called by any worker at any time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>

#include "core/backend.h"

namespace wordfire {

class HogwildPass {
 public:
  // Hands out the examples of plan.range, `chunk` at a time. plan: outlives this object.
  HogwildPass(const RangePlan& plan, int64_t chunk)
      : plan_(plan), chunk_(chunk), next_(plan.range.begin) {}

  [[nodiscard]] const RangePlan& plan() const { return plan_; }

  // At most so many workers find something to do.
  [[nodiscard]] int workers(int threads) const {
    return static_cast<int>(std::min<int64_t>(threads, (plan_.range.size() + chunk_ - 1) / chunk_));
  }

  // The next examples; none when all are taken, training is to stop or has diverged.
  [[nodiscard]] ExampleRange take() {
    if (plan_.stop || diverged_.load(std::memory_order_relaxed)) return {};
    const int64_t begin = next_.fetch_add(chunk_, std::memory_order_relaxed);
    if (begin >= plan_.range.end) return {};
    return {begin, std::min(plan_.range.end, begin + chunk_)};
  }

  // Adds what a worker has done, and tells plan.progress. losses: how many loss_sum has.
  void report(int64_t tokens, int64_t losses, double loss_sum, float lr) {
    const std::lock_guard lock(mutex_);
    RangeProgress& now = result_.end;
    now.tokens += tokens;
    now.examples += losses;
    now.loss_sum += loss_sum;
    now.lr = lr;
    if (plan_.progress) plan_.progress(now);
  }

  // The loss of `example` of the corpus is not a number.
  void fail(int64_t example, float lr) {
    const std::lock_guard lock(mutex_);
    if (diverged_.exchange(true)) return;
    result_.diverged = true;
    result_.diverged_example = plan_.examples_before + example;
    result_.diverged_lr = lr;
  }

  // Once all workers have ended. tokens: of the corpus up to the end of the range.
  [[nodiscard]] RangeResult result(int64_t tokens) {
    result_.end.lr = learning_rate(plan_, tokens);
    return result_;
  }

 private:
  const RangePlan& plan_;
  int64_t chunk_;
  std::atomic<int64_t> next_;  // the first example that no worker has taken
  std::atomic<bool> diverged_ = false;
  std::mutex mutex_;  // of result_
  RangeResult result_;
};

}  // namespace wordfire
