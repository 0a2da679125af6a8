// Ranks as threads of one process: a communicator for tests that need no MPI. Its sums add in the
// order of the ranks.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/stopped.h"
#include "dist/communicator.h"

namespace wordfire {

// What the ranks share. Every collective is a step: each rank gives bytes, and gets those of all.
class ThreadRanks {
 public:
  explicit ThreadRanks(int size) : size_(size), flags_(static_cast<size_t>(size)) {}

  [[nodiscard]] int size() const { return size_; }

  void give(int64_t step, int rank, std::string bytes) {
    const std::lock_guard lock(mutex_);
    Step& of = steps_[step];
    of.parts.resize(static_cast<size_t>(size_));
    of.parts[static_cast<size_t>(rank)] = std::move(bytes);
    ++of.given;
    spread_flags();
    changed_.notify_all();
  }

  std::vector<std::string> take(int64_t step, int rank, const std::atomic<bool>* stop) {
    std::unique_lock lock(mutex_);
    await(lock, rank, stop, [&] { return steps_[step].given == size_; });
    Step& of = steps_[step];
    std::vector<std::string> parts = of.parts;
    if (++of.taken == size_) steps_.erase(step);
    return parts;
  }

  void post(int from, int to, std::string bytes) {
    const std::lock_guard lock(mutex_);
    mail_[{from, to}].push_back(std::move(bytes));
    changed_.notify_all();
  }

  std::string fetch(int from, int to, const std::atomic<bool>* stop) {
    std::unique_lock lock(mutex_);
    auto& box = mail_[{from, to}];
    await(lock, to, stop, [&] { return !box.empty(); });
    std::string bytes = std::move(box.front());
    box.pop_front();
    return bytes;
  }

  void abandon() {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    changed_.notify_all();
  }
  void leave(int rank) {
    std::unique_lock lock(mutex_);
    ++leaving_;
    changed_.notify_all();
    await(lock, rank, nullptr, [&] { return leaving_ == size_ || abandoned_; });
  }

  void share(int rank, std::vector<std::atomic<bool>*> flags) {
    const std::lock_guard lock(mutex_);
    spread_flags();  // of a rank that leaves
    flags_[static_cast<size_t>(rank)] = std::move(flags);
    spread_flags();
  }

  void fail(int rank, const Error& error) {
    const std::lock_guard lock(mutex_);
    if (failed_) return;
    failed_ = rank;
    failure_.emplace(error.kind(), "rank " + std::to_string(rank) + ": " + error.what());
    changed_.notify_all();
  }
  [[nodiscard]] bool speaks(int rank) {
    const std::lock_guard lock(mutex_);
    return !failed_ || *failed_ == rank;
  }

 private:
  struct Step {
    std::vector<std::string> parts;
    int given = 0;
    int taken = 0;
  };

  template <typename Condition>
  void await(std::unique_lock<std::mutex>& lock, int rank, const std::atomic<bool>* stop,
             Condition condition) {
    while (!condition()) {
      spread_flags();
      if (failed_ && *failed_ != rank) throw Error(*failure_);
      if (stop != nullptr && *stop) throw Stopped();
      changed_.wait_for(lock, std::chrono::milliseconds(5));
    }
  }

  void spread_flags() {
    for (const auto& of_one : flags_) {
      for (size_t i = 0; i < of_one.size(); ++i) told_[i] = told_[i] || of_one[i]->load();
    }
    for (const auto& of_one : flags_) {
      for (size_t i = 0; i < of_one.size(); ++i) {
        if (told_[i]) of_one[i]->store(true);
      }
    }
  }

  int size_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<int64_t, Step> steps_;
  std::map<std::pair<int, int>, std::deque<std::string>> mail_;
  std::vector<std::vector<std::atomic<bool>*>> flags_;
  std::array<bool, 32> told_{};  // that were ever set
  bool abandoned_ = false;       // by some rank
  int leaving_ = 0;              // how many have made their last call
  std::optional<int> failed_;
  std::optional<Error> failure_;
};

class ThreadRank final : public Communicator {
 public:
  ThreadRank(std::shared_ptr<ThreadRanks> ranks, int rank)
      : ranks_(std::move(ranks)), rank_(rank) {}

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return ranks_->size(); }
  [[nodiscard]] const std::string& host(int) const override { return host_; }
  void barrier() override { (void)exchange(""); }
  void broadcast(std::span<std::byte> bytes, int root) override {
    const std::vector<std::string> all = exchange(rank_ == root ? as_text(bytes) : "");
    const std::string& from = all[static_cast<size_t>(root)];
    std::memcpy(bytes.data(), from.data(), bytes.size());
  }
  [[nodiscard]] std::vector<std::string> all_gather(std::string_view bytes) override {
    traffic_.bytes_sent += static_cast<int64_t>(bytes.size()) * (size() - 1);
    return exchange(std::string(bytes));
  }
  void sum(std::span<int64_t> values) override { sum_now(values); }
  void sum(std::span<double> values) override { sum_now(values); }
  [[nodiscard]] std::unique_ptr<PendingSum> start_sum(std::vector<float> values,
                                                      SumPrecision) override {
    const int64_t step = steps_++;
    traffic_.bytes_sent +=
        2 * static_cast<int64_t>(values.size() * sizeof(float)) * (size() - 1) / size();
    ranks_->give(step, rank_, as_text(std::as_bytes(std::span(values))));
    return std::make_unique<Pending>(*this, step, values.size());
  }
  void send(int to, std::string_view bytes) override {
    ranks_->post(rank_, to, std::string(bytes));
  }
  [[nodiscard]] std::string receive(int from) override { return ranks_->fetch(from, rank_, stop_); }
  void share(std::vector<std::atomic<bool>*> flags) override {
    ranks_->share(rank_, std::move(flags));
  }
  void interrupt_with(const std::atomic<bool>* stop) override { stop_ = stop; }
  void abandon() override { ranks_->abandon(); }
  void leave() override { ranks_->leave(rank_); }
  void watch(bool) override {}
  void take_step() noexcept override {}
  void fail(const Error& error) noexcept override { ranks_->fail(rank_, error); }
  [[nodiscard]] bool speaks() const override { return ranks_->speaks(rank_); }
  [[nodiscard]] Traffic traffic() const override { return traffic_; }

 private:
  class Pending final : public PendingSum {
   public:
    Pending(ThreadRank& rank, int64_t step, size_t size) : rank_(rank), step_(step), size_(size) {}
    [[nodiscard]] std::vector<float> take() override {
      std::vector<float> values(size_);
      add(rank_.ranks_->take(step_, rank_.rank_, rank_.stop_), std::span(values));
      return values;
    }

   private:
    ThreadRank& rank_;
    int64_t step_;
    size_t size_;
  };

  static std::string as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  template <typename T>
  static void add(const std::vector<std::string>& parts, std::span<T> values) {
    std::fill(values.begin(), values.end(), T{});
    for (const std::string& part : parts) {
      for (size_t i = 0; i < values.size(); ++i) {
        T value;
        std::memcpy(&value, &part[i * sizeof(T)], sizeof(T));
        values[i] = wrapping_sum(values[i], value);
      }
    }
  }
  template <typename T>
  static T wrapping_sum(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      using Unsigned = std::make_unsigned_t<T>;
      return static_cast<T>(static_cast<Unsigned>(a) + static_cast<Unsigned>(b));
    } else {
      return a + b;
    }
  }
  template <typename T>
  void sum_now(std::span<T> values) {
    add(exchange(as_text(std::as_bytes(values))), values);
  }
  std::vector<std::string> exchange(std::string bytes) {
    const int64_t step = steps_++;
    ranks_->give(step, rank_, std::move(bytes));
    return ranks_->take(step, rank_, stop_);
  }

  std::shared_ptr<ThreadRanks> ranks_;
  int rank_;
  std::string host_ = "here";
  int64_t steps_ = 0;
  const std::atomic<bool>* stop_ = nullptr;
  Traffic traffic_;
};

// Runs work(communicator) on each of `size` ranks, and waits. What a rank throws is returned at its
// place, after the others were told.
inline std::vector<std::exception_ptr> run_ranks(int size,
                                                 const std::function<void(Communicator&)>& work) {
  const auto ranks = std::make_shared<ThreadRanks>(size);
  std::vector<std::exception_ptr> failures(static_cast<size_t>(size));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      ThreadRank communicator(ranks, rank);
      try {
        work(communicator);
      } catch (const Error& error) {
        failures[static_cast<size_t>(rank)] = std::current_exception();
        communicator.fail(error);
      } catch (...) {
        failures[static_cast<size_t>(rank)] = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return failures;
}

// The same, where none may throw.
inline void run_ranks_well(int size, const std::function<void(Communicator&)>& work) {
  for (const std::exception_ptr& failure : run_ranks(size, work)) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace wordfire
