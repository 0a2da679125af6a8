// What others may ask of a run while it works.
#pragma once

#include <atomic>

namespace wordfire {

// May be set in a signal handler and from any thread. Once set, they stay.
struct StopRequests {
  std::atomic<bool> leave = false;    // end what is under way
  std::atomic<bool> discard = false;  // and save no model; `leave` is then set as well

  void stop() noexcept {
    discard.store(true, std::memory_order_relaxed);
    leave.store(true, std::memory_order_release);
  }
  void finish() noexcept { leave.store(true, std::memory_order_release); }
};

}  // namespace wordfire
