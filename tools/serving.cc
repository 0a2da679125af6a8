#include "serving.h"

#include <fmt/format.h>
#include <malloc.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <new>
#include <thread>

#include "core/error.h"
#include "core/parallel.h"
#include "exit_code.h"
#include "serve/http_server.h"
#include "serve/inference_service.h"
#include "serve/metrics.h"
#include "serve/model_store.h"
#include "stop_signals.h"

namespace wordfire {
namespace {

using serve::kOnlyModel;

// The model's files are looked at so often.
constexpr std::chrono::seconds kWatchEach(1);

// What a person should know of the model that requests find from now on.
void log_model(const ServingJob& job, const serve::ModelStore& store) {
  const auto model = store.find(kOnlyModel);
  if (!model) return;
  for (const std::string& warning : model->warnings()) job.log("warning: " + warning);
  job.log(fmt::format("{}: {}, ready", job.model,
                      model->is_classifier() ? "a text classifier" : "word vectors"));
}

// Asked to stop while the model is being loaded, the process ends at once: all requests are refused
// until then, so that none is lost. Later, the server ends as it should.
class StopOnRequest {
 public:
  explicit StopOnRequest(serve::HttpServer& server) : server_(server) {}

  // Safe in signal handlers.
  void request_stop() noexcept {
    if (is_loading_) std::_Exit(kExitDone);
    server_.request_stop();
  }
  void set_loading(bool is_loading) { is_loading_ = is_loading; }

 private:
  serve::HttpServer& server_;
  std::atomic<bool> is_loading_ = false;
};

void load_model(const ServingJob& job, serve::ModelStore& store, serve::InferenceService& service,
                StopOnRequest& stop) {
  if (store.load(std::string(kOnlyModel), job.model) == serve::LoadResult::kNoRoom) {
    throw Error::internal(job.model +
                          ": no room for it in memory; raise -modelMemory, or give the"
                          " process more");
  }
  stop.set_loading(false);
  service.set_ready();
  log_model(job, store);
}

// Takes a model whose files are others. What the machine lacks for that is told once, and tried
// again after a pause: it may take as much work each time as the load itself.
class Replacing {
 public:
  Replacing(const ServingJob& job, serve::ModelStore& store) : job_(job), store_(store) {}

  void look() {
    if (Clock::now() < next_) return;
    bool is_swapped = false;
    try {
      is_swapped = store_.reload_if_changed(kOnlyModel) == serve::ReloadResult::kSwapped;
      told_.clear();
    } catch (const std::exception& error) {
      const auto* const known = dynamic_cast<const Error*>(&error);
      if (known == nullptr || known->kind() != ErrorKind::kModel) next_ = Clock::now() + kPause;
      if (told_ == error.what()) return;
      job_.log(fmt::format("warning: {}; the older model stays in use", error.what()));
      told_ = error.what();
    }
    if (is_swapped) log_model(job_, store_);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kPause{5};

  const ServingJob& job_;
  serve::ModelStore& store_;
  Clock::time_point next_{};
  std::string told_;
};

// Waits for the end of the server, and looks after the model's files and the metrics until then.
// Its thread is there from the start: where memory runs out later, none could be made.
class Watch {
 public:
  Watch(const ServingJob& job, serve::HttpServer& server, serve::ModelStore& store,
        serve::Metrics& metrics, const StopSignals& signals)
      : job_(job),
        server_(server),
        store_(store),
        replacing_(job, store),
        metrics_(metrics),
        signals_(signals),
        thread_([this] { look_after(); }) {}
  ~Watch() {
    set(ended_);
    thread_.join();
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Returns when all answers are given. What is left of a request that was given up is not waited
  // for, nor is a model that is being loaded in place of another.
  void run() {
    set(begun_);
    const bool ended_well = server_.wait();
    set(ended_);
    if (ended_well)
      job_.log(fmt::format("{}: all requests are answered", stop_signal_name(signals_.received())));
    const std::lock_guard lock(mutex_);
    if (!ended_well || at_models_) std::_Exit(kExitDone);
  }

 private:
  void set(bool& event) {
    const std::lock_guard lock(mutex_);
    event = true;
    changed_.notify_all();
  }

  void look_after() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return begun_ || ended_; });
    while (!ended_) {
      at_models_ = true;
      lock.unlock();
      look_at_models();
      lock.lock();
      at_models_ = false;
      changed_.wait_for(lock, kWatchEach, [this] { return ended_; });
    }
  }

  void look_at_models() {
    try {
      if (job_.models_root.empty()) replacing_.look();
      metrics_.models(store_.count_in_memory());
    } catch (const std::bad_alloc&) {  // then at the next look
    }
  }

  const ServingJob& job_;
  serve::HttpServer& server_;
  serve::ModelStore& store_;
  Replacing replacing_;
  serve::Metrics& metrics_;
  const StopSignals& signals_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool begun_ = false;
  bool ended_ = false;
  bool at_models_ = false;
  std::thread thread_;  // last: it looks at the others
};

// Loads of models have as many threads of their own as the platform may ask for at once.
serve::ServerSettings settings_of(const ServingJob& job) {
  serve::ServerSettings settings = serve::settings_of(job.options);
  if (!job.models_root.empty()) settings.slow_workers = available_threads();
  return settings;
}

// Requests to a server of one model do not load it.
serve::WhenFull when_full(const ServingJob& job) {
  return job.models_root.empty() ? serve::WhenFull::kRefuse : serve::WhenFull::kSetAside;
}

// What large requests took goes back to the system once they are answered. Left alone, glibc takes
// blocks as large as the largest that was freed out of heaps that seldom shrink: some 100 MB stay
// behind a few requests of 14 MB.
void return_large_blocks() {
  constexpr int kLargeBytes = 1 << 20;
  mallopt(M_MMAP_THRESHOLD, kLargeBytes);
}

}  // namespace

int run_server(const ServingJob& job) {
  return_large_blocks();
  const serve::ServerSettings settings = settings_of(job);
  serve::Metrics metrics;
  serve::ModelStore store(serve::model_memory_of(job.options), when_full(job));
  serve::InferenceService service({job.rules, settings.workers, settings.slow_workers,
                                   settings.limits.body_bytes, job.models_root, job.log},
                                  store);
  serve::HttpServer server(service, metrics, settings, job.log);
  StopOnRequest stop(server);
  stop.set_loading(job.models_root.empty());
  const StopSignals signals(stop);
  job.log(fmt::format("listening on {}, port {}, with {} threads", settings.address, server.port(),
                      settings.workers));
  server.start();
  try {
    Watch watch(job, server, store, metrics, signals);
    if (job.models_root.empty()) load_model(job, store, service, stop);
    watch.run();
  } catch (...) {
    server.request_stop();
    if (!server.wait()) std::_Exit(kExitDone);
    throw;
  }
  return kExitDone;
}

}  // namespace wordfire
