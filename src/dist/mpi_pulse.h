// How ranks know of each other while they work: each tells all others about once a second that it
// is there, which flags are set, and, when it fails, why. Used by the thread of MpiEngine alone.
// Private: includes MPI's header.
#pragma once

#include <mpi.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"

namespace wordfire {

// That a rank fails.
struct RankFailure {
  int rank = 0;
  ErrorKind kind = ErrorKind::kInternal;
  SystemFault fault = SystemFault::kNone;
  std::string message;
  bool is_mute = false;  // it is not there to say so itself
};

// How a rank leaves the others.
enum class RankLeave : int32_t {
  kNotYet,
  kInOrder,  // it has done all that they do together
  kAtOnce,   // it will not make the calls that others still make
};

class MpiPulse {
 public:
  // world: this object makes a communicator of its own from it.
  explicit MpiPulse(MPI_Comm world);

  // Sends and receives what there is; to be called often. flags: that are set at this rank. Returns
  // those that any rank has told.
  uint32_t tick(uint32_t flags);
  // Tells all ranks.
  void send_failure(const RankFailure& failure);
  // Tells all ranks how this one leaves.
  void leave(RankLeave how);

  // Whether all ranks have told that they leave in order.
  [[nodiscard]] bool all_leave_in_order() const;
  // Whether a rank has told that it leaves at once.
  [[nodiscard]] bool any_leaves_at_once() const;

  // Of another rank; of several, that of the lowest.
  [[nodiscard]] const std::optional<RankFailure>& failure() const { return failure_; }
  // The lowest rank that can speak, as far as this one knows.
  [[nodiscard]] int lowest_living() const;

 private:
  using Clock = std::chrono::steady_clock;
  // What is on its way to a rank. Its buffer lives until it has left.
  struct Message {
    std::string bytes;
    MPI_Request request = MPI_REQUEST_NULL;
  };
  void send(int to, std::string bytes);
  void drop_sent();
  void send_beats(uint32_t flags);
  void receive();
  void take(int from, const std::string& bytes);
  void look_for_silence();
  [[nodiscard]] Clock::duration silence_of(int rank) const;
  [[nodiscard]] bool is_lost(int rank) const;

  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0;
  int size_ = 1;
  uint32_t flags_ = 0;
  uint32_t told_flags_ = 0;
  RankLeave told_leave_ = RankLeave::kNotYet;
  std::vector<RankLeave> leaves_;  // by rank
  Clock::time_point last_tick_ = Clock::now();
  Clock::time_point last_beat_;
  std::vector<Clock::time_point> heard_;  // by rank
  std::vector<Message> under_way_;
  std::optional<RankFailure> failure_;
};

}  // namespace wordfire
