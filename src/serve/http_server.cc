#include "serve/http_server.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.h"
#include "serve/listener.h"
#include "serve/shard.h"

namespace wordfire::serve {

namespace {

constexpr size_t kFewestConnections = 16;

// Descriptors that are no connections: those of the log, the port, the system's own needs and
// connections that only arrive; what each shard waits with, and whom it only tells to come again;
// what the load of a model opens.
size_t other_files(const ServerSettings& settings) {
  constexpr size_t kAny = 53;
  constexpr size_t kPerShard = Shard::kFiles + Shard::kMostTurnedAway;
  constexpr size_t kPerLoad = 4;
  const auto loads = static_cast<size_t>(1 + settings.slow_workers);
  return kAny + kPerShard * static_cast<size_t>(settings.shards) + kPerLoad * loads;
}

// How many connections the limit of open files leaves, after it was raised for those wanted.
size_t possible_connections(const ServerSettings& settings) {
  const size_t wanted = settings.limits.connections;
  const size_t others = other_files(settings);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
  if (files.rlim_cur < wanted + others) {
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, wanted + others);
    (void)::setrlimit(RLIMIT_NOFILE, &files);
    (void)::getrlimit(RLIMIT_NOFILE, &files);
  }
  const size_t most = files.rlim_cur;
  return std::min(wanted, std::max(most, others + kFewestConnections) - others);
}

// Of the limit of open files, where so many connections are fewer than were asked for, or more than
// it is good for; else empty.
std::string files_warning(const ServerSettings& settings, size_t connections) {
  const size_t needed = other_files(settings) + connections;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < needed) {
    return fmt::format(
        "warning: the limit of open files (ulimit -n) is {}, want at least {} for {} connections; "
        "raise it, or clients may find none",
        files.rlim_cur, needed, connections);
  }
  if (connections == settings.limits.connections) return "";
  return fmt::format("warning: the limit of open files (ulimit -n) leaves {} connections, not {}",
                     connections, settings.limits.connections);
}

}  // namespace

struct HttpServer::Running {
  Running(Service& service, Metrics& metrics, const ServerSettings& wanted,
          std::function<void(std::string_view)> log_line)
      : settings(wanted),
        log(std::move(log_line)),
        parts(service, metrics, settings.limits, settings.workers, settings.slow_workers),
        shards(make_shards()),
        listener(shards, settings.address, settings.port, log) {}

  std::vector<std::unique_ptr<Shard>> make_shards() {
    const size_t most = possible_connections(settings);
    const std::string warning = files_warning(settings, most);
    if (!warning.empty()) log(warning);
    const size_t count = std::min<size_t>(settings.shards, most);  // none goes without
    std::vector<std::unique_ptr<Shard>> made;
    made.reserve(count);
    for (size_t i = 0; i < count; ++i)
      made.push_back(std::make_unique<Shard>(parts, most / count + (i < most % count ? 1 : 0)));
    return made;
  }

  void start_thread(std::vector<std::thread>& threads, std::function<void()> work) {
    try {
      threads.emplace_back(std::move(work));
    } catch (const std::system_error& error) {
      throw Error::internal(fmt::format("threads: {}; ask for fewer", error.what()));
    }
  }

  void start_threads() {
    for (int worker = 0; worker < settings.workers + settings.slow_workers; ++worker) {
      start_thread(worker_threads, [this, worker] { serve(worker); });
      const std::lock_guard lock(mutex);
      ++workers_at_work;
    }
    for (const auto& shard : shards) start_thread(shard_threads, [&shard] { shard->run(); });
  }

  void end_at_once() {
    for (const auto& shard : shards) shard->context().stop();
    for (std::thread& thread : shard_threads) thread.join();
    close_queues();
    for (std::thread& thread : worker_threads) thread.join();
  }

  void close_queues() {
    parts.queue.close();
    parts.slow_queue.close();
  }

  void serve(int worker) {
    (worker < settings.workers ? parts.queue : parts.slow_queue).serve(worker);
    const std::lock_guard lock(mutex);
    --workers_at_work;
    worker_left.notify_all();
  }

  const ServerSettings settings;
  const std::function<void(std::string_view)> log;
  ServerParts parts;
  std::vector<std::unique_ptr<Shard>> shards;
  Listener listener;
  std::vector<std::thread> shard_threads;
  std::vector<std::thread> worker_threads;
  std::mutex mutex;
  std::condition_variable worker_left;
  int workers_at_work = 0;
};

HttpServer::HttpServer(Service& service, Metrics& metrics, const ServerSettings& settings,
                       std::function<void(std::string_view)> log)
    : running_(std::make_unique<Running>(service, metrics, settings, std::move(log))) {}

HttpServer::~HttpServer() = default;

uint16_t HttpServer::port() const { return running_->listener.port(); }

void HttpServer::start() {
  running_->listener.start();
  try {
    running_->start_threads();
  } catch (const Error&) {
    running_->end_at_once();
    throw;
  }
}

void HttpServer::request_stop() noexcept { running_->listener.request_stop(); }

bool HttpServer::wait() {
  for (std::thread& thread : running_->shard_threads) {
    if (thread.joinable()) thread.join();
  }
  running_->close_queues();
  // Whoever works still does so for a client that has given up; the others need time to wake up.
  constexpr std::chrono::milliseconds kLastMoment{1000};
  constexpr std::chrono::milliseconds kWakeUp{50};
  const DrainTimes::Clock::time_point now = DrainTimes::Clock::now();
  const auto end = std::clamp(running_->parts.drain_times.end, now + kWakeUp, now + kLastMoment);
  std::unique_lock lock(running_->mutex);
  const bool ended =
      running_->worker_left.wait_until(lock, end, [&] { return running_->workers_at_work == 0; });
  lock.unlock();
  for (std::thread& thread : running_->worker_threads) {
    if (thread.joinable()) ended ? thread.join() : thread.detach();
  }
  return ended;
}

}  // namespace wordfire::serve
