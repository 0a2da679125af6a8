// Lets several threads hand in numbered pieces of work in the order of the numbers.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace wordfire {

// Pieces are numbered 0, 1, 2, ... Each thread takes the next number, works, waits for its turn,
// hands in, and says done(): then the piece that is waited for is always in work, and nobody waits
// for ever.
class Turns {
 public:
  // Waits until all pieces before `number` are done; false, at once, when one has failed.
  [[nodiscard]] bool wait(int64_t number) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failed_ || now_ == number; });
    return !failed_;
  }

  // By the thread whose turn it is.
  void done() {
    const std::lock_guard lock(mutex_);
    ++now_;
    changed_.notify_all();
  }
  void fail() {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t now_ = 0;
  bool failed_ = false;
};

}  // namespace wordfire
