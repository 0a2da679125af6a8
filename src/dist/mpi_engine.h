// The one thread that calls MPI: it starts the operations that others hand it, moves them on and
// keeps up the pulse, so that messages flow while the program computes. It sleeps between its looks
// and leaves the processors to those who train. Private: includes MPI's header.
#pragma once

#include <mpi.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "dist/communicator.h"
#include "dist/mpi_pulse.h"

namespace wordfire {

class MpiEngine {
 public:
  // An operation owns what MPI reads and writes: a caller that leaves early takes nothing away.
  struct Operation {
    // On the engine's thread. Returns MPI's code.
    std::function<int(MPI_Comm comm, MPI_Request* request)> start;
    MPI_Request request = MPI_REQUEST_NULL;
    bool done = false;
    double seconds_under_way = 0;
    std::chrono::steady_clock::time_point begun;
  };
  using OperationPtr = std::shared_ptr<Operation>;

  // Joins the ranks: MPI_Init. Throws Error (internal).
  MpiEngine();
  // Leaves them. When all do in order, by MPI_Finalize; without it where one of them leaves at once
  // or fails, and then at the earliest when that has been told and the speaker has spoken. At once
  // where an exception is on its way through.
  ~MpiEngine();
  MpiEngine(const MpiEngine&) = delete;
  MpiEngine& operator=(const MpiEngine&) = delete;

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return size_; }
  // The machines of the ranks, for messages.
  void set_hosts(std::vector<std::string> hosts);
  // "bfloat16 + bfloat16", on MPI_UINT16_T.
  [[nodiscard]] MPI_Op half_sum() const { return half_sum_; }

  void begin(OperationPtr operation);
  // Returns when it is done. Throws as communicator.h says.
  void wait(const Operation& operation);

  void share(std::vector<std::atomic<bool>*> flags);
  void interrupt_with(const std::atomic<bool>* stop);
  void abandon();
  void leave();
  void watch(bool on);
  void take_step() noexcept { stepped_.store(Clock::now(), std::memory_order_relaxed); }
  void fail(const RankFailure& failure);
  [[nodiscard]] bool speaks() const;
  [[nodiscard]] double seconds_waited() const;

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  void initialise();
  // Returns false when there is nothing more to do.
  bool look_around();
  void start_queued();
  void test_active();
  void exchange_flags();
  void look_for_hanging();
  void send_own_failure();
  void take_failure();
  // Tells the others how this rank leaves. Returns whether it may go.
  bool say_last_word();
  void begin_leaving();
  [[nodiscard]] bool is_speaker() const;
  void wait_until_done(const Operation& operation, std::unique_lock<std::mutex>& lock);
  [[noreturn]] void throw_failure();

  mutable std::mutex mutex_;      // of all below but what is said
  std::condition_variable wake_;  // the engine
  std::condition_variable tell_;  // those who wait for it
  int rank_ = -1;
  int size_ = 0;
  std::vector<std::string> hosts_;
  MPI_Comm comm_ = MPI_COMM_NULL;
  MPI_Op half_sum_ = MPI_OP_NULL;
  std::deque<OperationPtr> queued_;
  std::vector<OperationPtr> active_;
  std::vector<std::atomic<bool>*> flags_;
  const std::atomic<bool>* stop_ = nullptr;
  std::optional<MpiPulse> pulse_;           // of the engine's thread
  std::optional<RankFailure> own_failure_;  // to be told
  bool own_failure_sent_ = false;
  std::optional<RankFailure> failure_;  // of another rank, or of MPI
  bool failure_thrown_ = false;
  Clock::time_point failed_at_ = Clock::time_point::max();  // when this rank knew of it
  int lowest_living_ = 0;
  std::atomic<Clock::time_point> stepped_ = Clock::now();
  bool watched_ = false;
  const Operation* waited_ = nullptr;  // by the rank's own thread
  Clock::time_point last_look_ = Clock::now();
  bool leaving_ = false;  // it has no more calls to make
  Clock::time_point leaving_at_;
  bool may_go_ = false;
  bool ending_ = false;     // the engine is to end as soon as it may
  bool abandoned_ = false;  // a wait was broken off: ranks are not in step any more
  const int exceptions_ = std::uncaught_exceptions();
  double seconds_waited_ = 0;
  std::thread thread_;
};

}  // namespace wordfire
