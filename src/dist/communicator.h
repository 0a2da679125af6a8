// Ranks: the processes, numbered from 0, that train one model together. A communicator is how one
// of them talks to the others; a run in one process has one with a single rank, so nothing else
// depends on how many there are.
//
// Collective calls are made by all ranks in the same order, from one thread of each. They throw
// Error as soon as another rank is known to have failed or has not been heard of for
// kLongestSilence (its process was killed or stopped, its host or the network is gone), or to hang
// in work that is watched: no call waits for ever on a rank that is not there. A rank that is
// merely slow is waited for. Once a call has thrown, the communicator is of no further use but for
// fail() and speaks().
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace wordfire {

// A rank says at least once a second that it is there.
inline constexpr std::chrono::seconds kLongestSilence{30};
// Work that is watched takes a step at least so often.
inline constexpr std::chrono::seconds kLongestStep{40};

// What a rank has sent, and what that cost it, so far.
struct Traffic {
  // Of payload, as the best known algorithms need it: 2 (N - 1) / N of a sum over N ranks, N - 1
  // copies of what is gathered, (N - 1) / N of a broadcast, which the others help to pass on.
  int64_t bytes_sent = 0;
  double seconds_waited = 0;     // in which calls did not return
  double seconds_under_way = 0;  // of sums in the background, from their start to their end
};

// A sum over all ranks that goes on while they work.
class PendingSum {
 public:
  virtual ~PendingSum() = default;
  // Waits for the sum and returns it. To be called once at most.
  [[nodiscard]] virtual std::vector<float> take() = 0;
};

enum class SumPrecision {
  kSingle,
  kHalf,  // bfloat16 on the way: half the bytes; each of the N - 1 additions rounds to 8 bits
};

class Communicator {
 public:
  virtual ~Communicator() = default;

  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;
  // The name of the machine that a rank runs on.
  [[nodiscard]] virtual const std::string& host(int rank) const = 0;

  // Waits until all ranks are here.
  virtual void barrier() = 0;
  // Makes `bytes`, of the same size everywhere, equal to those of rank `root`.
  virtual void broadcast(std::span<std::byte> bytes, int root) = 0;
  // What each rank gave, by rank; at most 1 GiB in all.
  [[nodiscard]] virtual std::vector<std::string> all_gather(std::string_view bytes) = 0;
  // Replaces each value by its sum over all ranks, the same bits everywhere. Integers wrap around,
  // so that checksums may be added.
  virtual void sum(std::span<int64_t> values) = 0;
  virtual void sum(std::span<double> values) = 0;
  // The same in the background, on a thread that is not the caller's. Several may be under way.
  [[nodiscard]] virtual std::unique_ptr<PendingSum> start_sum(std::vector<float> values,
                                                              SumPrecision precision) = 0;
  // From one rank to another one, which calls receive(). Of any size, in the order of the calls.
  virtual void send(int to, std::string_view bytes) = 0;
  [[nodiscard]] virtual std::string receive(int from) = 0;

  // Flag i of all ranks: set at one, it is set at all of them within about a second, whatever they
  // do. The flags are looked at, and set, until the next share(); at most 32.
  virtual void share(std::vector<std::atomic<bool>*> flags) = 0;
  // Calls throw Stopped while *stop is true; null: never. For a flag that is shared, so that no
  // rank is left waiting.
  virtual void interrupt_with(const std::atomic<bool>* stop) = 0;
  // This rank leaves without having made the calls that others make: nothing more is awaited.
  virtual void abandon() = 0;
  // The last call of a rank that has made all that others make: returns when they are here, too, or
  // when one of them has abandoned the rest. Who ends without it hears of no failure any more.
  virtual void leave() = 0;

  // Until it is given false, this rank fails when neither it calls take_step() nor any other call
  // here is under way or returns for kLongestStep: it hangs, though its process lives.
  virtual void watch(bool on) = 0;
  // On any thread.
  virtual void take_step() noexcept = 0;

  // Tells the others that this rank fails, and why: their calls throw an Error of this kind that
  // names this rank. Returns within some seconds, whatever the others do.
  virtual void fail(const Error& error) noexcept = 0;
  // After a failure: whether it is for this rank to print the message, which one of them does.
  [[nodiscard]] virtual bool speaks() const = 0;

  [[nodiscard]] virtual Traffic traffic() const = 0;
};

// Work that goes on in steps, while this object lives.
class WatchedWork {
 public:
  explicit WatchedWork(Communicator& ranks) : ranks_(ranks) { ranks_.watch(true); }
  ~WatchedWork() { ranks_.watch(false); }
  WatchedWork(const WatchedWork&) = delete;
  WatchedWork& operator=(const WatchedWork&) = delete;

 private:
  Communicator& ranks_;
};

// "rank 3 (algo-4)", as messages name it.
[[nodiscard]] std::string name_of_rank(const Communicator& communicator, int rank);

// The only rank of a run in one process. Its calls do nothing.
[[nodiscard]] std::unique_ptr<Communicator> make_one_process();

// The rank that this process is: one of those that mpirun, srun or another launcher of MPI has
// started together, or the only one of a process that was started by itself, for which MPI is
// neither loaded nor asked. To be called once in a process, before it starts threads. Throws Error
// (usage) where a launcher has started several ranks and this build has no MPI.
[[nodiscard]] std::unique_ptr<Communicator> join_ranks();

}  // namespace wordfire
