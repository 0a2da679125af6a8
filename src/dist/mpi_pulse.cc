#include "dist/mpi_pulse.h"

#include <algorithm>
#include <cstring>

#include "dist/communicator.h"

namespace wordfire {
namespace {

constexpr std::chrono::seconds kBeat{1};
// A process that was itself not running for so long cannot tell who else was not.
constexpr std::chrono::seconds kOwnPause{5};
// After its last word a rank may be silent because it knows of the last words of all, one of which
// has not come here since its sender was lost: that one is to be found first.
constexpr std::chrono::seconds kAfterLastWord{3};
// Who has not been heard of for so long is not relied on to say what is wrong.
constexpr std::chrono::seconds kMute{10};
constexpr int kTag = 1;
// With the head, a message is sent as a whole without waiting for its receiver.
constexpr size_t kMostText = 1500;

// The start of every message; a failure's text comes behind it.
struct Head {
  uint32_t flags = 0;
  int32_t failed = 0;
  int32_t kind = 0;
  int32_t fault = 0;
  int32_t is_mute = 0;
  RankLeave leave = RankLeave::kNotYet;
};

std::string as_bytes(const Head& head) {
  return {reinterpret_cast<const char*>(&head), sizeof(head)};
}

}  // namespace

MpiPulse::MpiPulse(MPI_Comm world) {
  MPI_Comm_dup(world, &comm_);
  MPI_Comm_rank(comm_, &rank_);
  MPI_Comm_size(comm_, &size_);
  heard_.assign(static_cast<size_t>(size_), Clock::now());
  leaves_.assign(static_cast<size_t>(size_), RankLeave::kNotYet);
}

uint32_t MpiPulse::tick(uint32_t flags) {
  const auto now = Clock::now();
  if (now - last_tick_ > kOwnPause) std::fill(heard_.begin(), heard_.end(), now);
  last_tick_ = now;
  receive();
  drop_sent();
  send_beats(flags);
  look_for_silence();
  return flags_;
}

void MpiPulse::send_beats(uint32_t flags) {
  const auto now = Clock::now();
  const RankLeave leave = leaves_[static_cast<size_t>(rank_)];
  const bool is_news = flags != told_flags_ || leave != told_leave_;
  if (!is_news && now - last_beat_ < kBeat) return;
  // A rank that takes nothing in is not sent more and more.
  if (!is_news && !under_way_.empty()) return;
  last_beat_ = now;
  told_flags_ = flags;
  told_leave_ = leave;
  Head head;
  head.flags = flags;
  head.leave = leave;
  for (int to = 0; to < size_; ++to) send(to, as_bytes(head));
}

void MpiPulse::send_failure(const RankFailure& failure) {
  Head head;
  head.flags = told_flags_;
  head.failed = 1;
  head.kind = static_cast<int32_t>(failure.kind);
  head.fault = static_cast<int32_t>(failure.fault);
  head.is_mute = failure.is_mute ? 1 : 0;
  for (int to = 0; to < size_; ++to)
    send(to, as_bytes(head) + failure.message.substr(0, kMostText));
}

void MpiPulse::send(int to, std::string bytes) {
  if (to == rank_) return;
  Message& message = under_way_.emplace_back();
  message.bytes = std::move(bytes);
  // Where the receiver is gone, its silence says so.
  (void)MPI_Isend(message.bytes.data(), static_cast<int>(message.bytes.size()), MPI_BYTE, to, kTag,
                  comm_, &message.request);
}

void MpiPulse::drop_sent() {
  std::erase_if(under_way_, [](Message& message) {
    int sent = 0;
    return MPI_Test(&message.request, &sent, MPI_STATUS_IGNORE) != MPI_SUCCESS || sent != 0;
  });
}

void MpiPulse::receive() {
  for (;;) {
    int there = 0;
    MPI_Status status;
    const int probed = MPI_Iprobe(MPI_ANY_SOURCE, kTag, comm_, &there, &status);
    if (probed != MPI_SUCCESS || there == 0) return;
    int size = 0;
    MPI_Get_count(&status, MPI_BYTE, &size);
    std::string bytes(static_cast<size_t>(size), '\0');
    MPI_Recv(bytes.data(), size, MPI_BYTE, status.MPI_SOURCE, kTag, comm_, MPI_STATUS_IGNORE);
    take(status.MPI_SOURCE, bytes);
  }
}

void MpiPulse::take(int from, const std::string& bytes) {
  heard_[static_cast<size_t>(from)] = Clock::now();
  Head head;
  if (bytes.size() < sizeof(head)) return;
  std::memcpy(&head, bytes.data(), sizeof(head));
  flags_ |= head.flags;
  if (head.leave != RankLeave::kNotYet) leaves_[static_cast<size_t>(from)] = head.leave;
  if (head.failed == 0 || (failure_ && failure_->rank < from)) return;
  failure_ = {from, static_cast<ErrorKind>(head.kind), static_cast<SystemFault>(head.fault),
              bytes.substr(sizeof(head)), head.is_mute != 0};
}

// By the time at which this look began: a pause of this process since then is seen at the next.
MpiPulse::Clock::duration MpiPulse::silence_of(int rank) const {
  return rank == rank_ ? Clock::duration::zero() : last_tick_ - heard_[static_cast<size_t>(rank)];
}

bool MpiPulse::is_lost(int rank) const {
  const bool has_left = leaves_[static_cast<size_t>(rank)] != RankLeave::kNotYet;
  return silence_of(rank) > kLongestSilence + (has_left ? kAfterLastWord : Clock::duration::zero());
}

void MpiPulse::look_for_silence() {
  for (int rank = 0; rank < size_ && !failure_; ++rank) {
    if (!is_lost(rank)) continue;
    failure_ = {.rank = rank,
                .message = "not heard of for " + std::to_string(kLongestSilence.count()) +
                           " seconds: its process was killed or hangs, or its host or the network "
                           "is gone; the other ranks end",
                .is_mute = true};
  }
}

void MpiPulse::leave(RankLeave how) {
  leaves_[static_cast<size_t>(rank_)] = how;
  send_beats(told_flags_);
}

bool MpiPulse::all_leave_in_order() const {
  return std::all_of(leaves_.begin(), leaves_.end(),
                     [](RankLeave leave) { return leave == RankLeave::kInOrder; });
}

bool MpiPulse::any_leaves_at_once() const {
  return std::find(leaves_.begin(), leaves_.end(), RankLeave::kAtOnce) != leaves_.end();
}

int MpiPulse::lowest_living() const {
  int rank = 0;
  while (silence_of(rank) > kMute || (failure_ && failure_->is_mute && failure_->rank == rank)) {
    ++rank;
  }
  return rank;
}

}  // namespace wordfire
