// Whose turn it is on a connection: its shard's, or a worker's who has its request. The one thing
// on a connection that two threads touch at once; all else belongs to whose turn it is.
//
//   shard's --give--> computing --claim--> answering --hand_back--> shard's
//      ^                  |
//      +----take_back-----+
//
// While computing, the worker only reads the request, which nobody changes, and the shard may take
// the turn back: then its worker's claim fails, and the worker must leave all as it is. Since it
// may still read the request, a shard that took a turn back never gives that connection's again.
#pragma once

#include <atomic>
#include <cstdint>

namespace wordfire::serve {

class Turn {
 public:
  // ---- the shard's thread

  [[nodiscard]] bool is_shards() const { return state_.load(std::memory_order_acquire) == kShards; }
  // The same, but if it is not, hand_back() will say that the shard asked.
  [[nodiscard]] bool is_shards_or_ask() {
    uint8_t now = state_.load(std::memory_order_acquire);
    while (now != kShards) {
      if (state_.compare_exchange_weak(now, static_cast<uint8_t>(now | kAsked),
                                       std::memory_order_acq_rel))
        return false;
    }
    return true;
  }
  // On the shard's turn.
  void give() { state_.store(kComputing, std::memory_order_release); }
  // False, and nothing done, unless a worker has the request and has not claimed the answer.
  [[nodiscard]] bool take_back() {
    uint8_t now = state_.load(std::memory_order_relaxed);
    while ((now & ~kAsked) == kComputing) {
      if (state_.compare_exchange_weak(now, kShards, std::memory_order_acq_rel)) return true;
    }
    return false;
  }

  // ---- the worker's thread

  // Whether it is of use to compute an answer.
  [[nodiscard]] bool is_workers() const {
    return state_.load(std::memory_order_relaxed) != kShards;
  }
  // The answer is there, and is sent by the worker. False: the shard has taken the turn back.
  [[nodiscard]] bool claim() {
    uint8_t now = state_.load(std::memory_order_relaxed);
    while ((now & ~kAsked) == kComputing) {
      if (state_.compare_exchange_weak(now, static_cast<uint8_t>(kAnswering | (now & kAsked)),
                                       std::memory_order_acq_rel))
        return true;
    }
    return false;
  }
  // After claim(). Whether the shard asked meanwhile, so that it wants to be called.
  [[nodiscard]] bool hand_back() {
    return (state_.exchange(kShards, std::memory_order_acq_rel) & kAsked) != 0;
  }

 private:
  static constexpr uint8_t kShards = 0;
  static constexpr uint8_t kComputing = 1;
  static constexpr uint8_t kAnswering = 2;
  static constexpr uint8_t kAsked = 4;  // together with one of a worker's

  std::atomic<uint8_t> state_ = kShards;
};

}  // namespace wordfire::serve
