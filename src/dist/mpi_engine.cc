#include "dist/mpi_engine.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "core/stopped.h"

namespace wordfire {
namespace {

using Clock = std::chrono::steady_clock;
// Between two looks while operations are under way: an eighth of the time since the first of them
// began, so that looks neither come late nor take a processor from those who train. And while there
// are none.
constexpr std::chrono::microseconds kShortestNap{30};
constexpr std::chrono::microseconds kLongestNap{200};
constexpr std::chrono::milliseconds kIdleNap{5};
// How long failing ranks wait for each other's words. And ranks that have nothing to say for the
// one that has: mpirun ends all when the first is gone.
constexpr std::chrono::seconds kFarewell{1};
constexpr std::chrono::seconds kLastWord{3};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

float from_half(uint16_t half) { return std::bit_cast<float>(uint32_t{half} << 16); }

// To the nearest, ties to even.
uint16_t to_half(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

void add_halves(void* from, void* to, int* count, MPI_Datatype*) {
  const auto* const added = static_cast<const uint16_t*>(from);
  auto* const sum = static_cast<uint16_t*>(to);
  for (int i = 0; i < *count; ++i) sum[i] = to_half(from_half(sum[i]) + from_half(added[i]));
}

}  // namespace

MpiEngine::MpiEngine() : thread_([this] { run(); }) {
  std::unique_lock lock(mutex_);
  tell_.wait(lock, [this] { return size_ > 0; });
}

MpiEngine::~MpiEngine() {
  {
    const std::lock_guard lock(mutex_);
    if (std::uncaught_exceptions() > exceptions_) abandoned_ = true;
    begin_leaving();
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void MpiEngine::initialise() {
  int provided = 0;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_dup(MPI_COMM_WORLD, &comm_);
  for (const MPI_Comm comm : {MPI_COMM_WORLD, comm_}) {
    MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
  }
  MPI_Op_create(add_halves, 1, &half_sum_);
  pulse_.emplace(MPI_COMM_WORLD);
  const std::lock_guard lock(mutex_);
  MPI_Comm_rank(comm_, &rank_);
  MPI_Comm_size(comm_, &size_);
}

void MpiEngine::run() {
  initialise();
  tell_.notify_all();
  std::unique_lock lock(mutex_);
  while (look_around()) {
    if (active_.empty()) {
      wake_.wait_for(lock, kIdleNap);
    } else {
      const Clock::duration under_way = Clock::now() - active_.front()->begun;
      lock.unlock();
      std::this_thread::sleep_for(
          std::clamp<Clock::duration>(under_way / 8, kShortestNap, kLongestNap));
      lock.lock();
    }
  }
  lock.unlock();
  // By all ranks or none: it waits for all, and where some are in it while others vanish, mpirun of
  // Open MPI 4.1 with PMIx 4.2.2 may hang after the last has ended.
  if (pulse_->all_leave_in_order()) MPI_Finalize();
}

// MPI is called with the lock held: its calls return at once.
bool MpiEngine::look_around() {
  start_queued();
  test_active();
  exchange_flags();
  look_for_hanging();
  send_own_failure();
  take_failure();
  if (failure_ || own_failure_) failed_at_ = std::min(failed_at_, Clock::now());
  if (leaving_ && !may_go_ && say_last_word()) {
    may_go_ = true;
    tell_.notify_all();
  }
  return !ending_ || !may_go_;
}

bool MpiEngine::say_last_word() {
  if (failure_ || own_failure_) return is_speaker() || Clock::now() - failed_at_ > kLastWord;
  if (abandoned_ || pulse_->any_leaves_at_once()) {
    pulse_->leave(RankLeave::kAtOnce);
    return Clock::now() - leaving_at_ > kFarewell;
  }
  if (!queued_.empty() || !active_.empty()) return false;
  pulse_->leave(RankLeave::kInOrder);
  return pulse_->all_leave_in_order();
}

void MpiEngine::start_queued() {
  for (; !queued_.empty(); queued_.pop_front()) {
    Operation& operation = *queued_.front();
    operation.begun = Clock::now();
    if (operation.start(comm_, &operation.request) == MPI_SUCCESS) {
      active_.push_back(queued_.front());
    } else if (!failure_) {
      failure_ = {.rank = rank_, .message = "MPI refused an operation"};
      tell_.notify_all();
    }
  }
}

void MpiEngine::test_active() {
  const auto is_over = [this](const OperationPtr& operation) {
    int done = 0;
    const int code = MPI_Test(&operation->request, &done, MPI_STATUS_IGNORE);
    if (code != MPI_SUCCESS && !failure_) {
      failure_ = {.rank = rank_, .message = "the connection to another rank broke"};
      tell_.notify_all();
    }
    if (code != MPI_SUCCESS || done == 0) return code != MPI_SUCCESS;
    operation->done = true;
    operation->seconds_under_way = seconds_since(operation->begun);
    tell_.notify_all();
    return true;
  };
  std::erase_if(active_, is_over);
}

void MpiEngine::exchange_flags() {
  uint32_t own = 0;
  for (size_t i = 0; i < flags_.size(); ++i) own |= uint32_t{flags_[i]->load()} << i;
  const uint32_t told = pulse_->tick(own);
  for (size_t i = 0; i < flags_.size(); ++i) {
    if ((told >> i & 1) != 0 && !flags_[i]->load()) flags_[i]->store(true);
  }
}

// The thread that hangs cannot say so. A look that itself comes late tells nothing of others.
void MpiEngine::look_for_hanging() {
  constexpr std::chrono::seconds kOwnPause{5};
  const auto now = Clock::now();
  if (now - std::exchange(last_look_, now) > kOwnPause) take_step();
  // A thread that waits hangs only once what it waits for has long been there.
  if (waited_ != nullptr ? !waited_->done : !watched_) take_step();
  if (failure_ || own_failure_) return;
  if (now - stepped_.load(std::memory_order_relaxed) <= kLongestStep) return;
  own_failure_ = {.rank = rank_,
                  .message = "no step of its work in " + std::to_string(kLongestStep.count()) +
                             " seconds: it hangs, though its process lives; the other ranks end",
                  .is_mute = true};
  failure_ = own_failure_;
}

void MpiEngine::send_own_failure() {
  if (!own_failure_ || own_failure_sent_) return;
  pulse_->send_failure(*own_failure_);
  own_failure_sent_ = true;
}

void MpiEngine::take_failure() {
  if (!pulse_->failure() || (failure_ && failure_->rank <= pulse_->failure()->rank)) return;
  failure_ = pulse_->failure();
  lowest_living_ = pulse_->lowest_living();
  tell_.notify_all();
}

void MpiEngine::begin(OperationPtr operation) {
  {
    const std::lock_guard lock(mutex_);
    queued_.push_back(std::move(operation));
  }
  wake_.notify_one();
}

void MpiEngine::wait(const Operation& operation) {
  const auto begun = Clock::now();
  std::unique_lock lock(mutex_);
  waited_ = &operation;
  const auto leave = [this](const Operation*) { waited_ = nullptr; };
  const std::unique_ptr<const Operation, decltype(leave)> left(&operation, leave);
  wait_until_done(operation, lock);
  take_step();
  seconds_waited_ += seconds_since(begun);
}

void MpiEngine::wait_until_done(const Operation& operation, std::unique_lock<std::mutex>& lock) {
  constexpr std::chrono::milliseconds kLook{50};
  constexpr std::chrono::seconds kGrace{1};  // in which others hear of the flag
  auto stop_seen = Clock::time_point::max();
  while (!operation.done) {
    if (failure_) throw_failure();
    if (stop_ != nullptr && *stop_) {
      stop_seen = std::min(stop_seen, Clock::now());
      if (Clock::now() - stop_seen > kGrace) {
        abandoned_ = true;
        throw Stopped();
      }
    }
    tell_.wait_for(lock, kLook);
  }
}

void MpiEngine::throw_failure() {
  failure_thrown_ = true;
  const std::string name = "rank " + std::to_string(failure_->rank) + " (" +
                           (static_cast<size_t>(failure_->rank) < hosts_.size()
                                ? hosts_[static_cast<size_t>(failure_->rank)]
                                : "host not known") +
                           ")";
  throw Error(failure_->kind, name + ": " + failure_->message, failure_->fault);
}

void MpiEngine::share(std::vector<std::atomic<bool>*> flags) {
  const std::lock_guard lock(mutex_);
  flags_ = std::move(flags);
}

void MpiEngine::interrupt_with(const std::atomic<bool>* stop) {
  const std::lock_guard lock(mutex_);
  stop_ = stop;
}

void MpiEngine::abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
}

void MpiEngine::begin_leaving() {
  if (!leaving_) leaving_at_ = Clock::now();
  leaving_ = true;
}

void MpiEngine::leave() {
  std::unique_lock lock(mutex_);
  if (abandoned_) return;
  begin_leaving();
  // A failure lets the engine go, but not this rank without a word.
  tell_.wait(lock, [this] { return may_go_ || failure_; });
  if (failure_) throw_failure();
}

void MpiEngine::set_hosts(std::vector<std::string> hosts) {
  const std::lock_guard lock(mutex_);
  hosts_ = std::move(hosts);
}

void MpiEngine::watch(bool on) {
  const std::lock_guard lock(mutex_);
  take_step();
  watched_ = on;
}

void MpiEngine::fail(const RankFailure& failure) {
  std::unique_lock lock(mutex_);
  if (failure_thrown_ || own_failure_) return;  // others know
  own_failure_ = failure;
  const auto until = Clock::now() + kFarewell;
  wake_.notify_one();
  while (Clock::now() < until) tell_.wait_until(lock, until);
}

// The rank that fails says why; of several that fail at once, the lowest. Of one that is gone, the
// lowest of those that are there.
bool MpiEngine::is_speaker() const {
  if (own_failure_) return !failure_ || rank_ < failure_->rank;
  if (!failure_) return true;
  return failure_->is_mute && lowest_living_ == rank_;
}

bool MpiEngine::speaks() const {
  const std::lock_guard lock(mutex_);
  return is_speaker();
}

double MpiEngine::seconds_waited() const {
  const std::lock_guard lock(mutex_);
  return seconds_waited_;
}

}  // namespace wordfire
