#include "serve/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <vector>

namespace wordfire::serve {

namespace {

constexpr std::array<const char*, kEndpoints> kEndpointNames = {
    "/ping", "/invocations", "/execution-parameters", "/metrics", "/models", "/", "other"};
constexpr std::array<const char*, kRefusals> kRefusalNames = {
    "connections", "queue", "memory", "header", "body", "idle", "slow", "handler"};
// Seconds: a short text takes some microseconds, a batch of 100 MB some seconds.
constexpr std::array kSeconds = {1e-5, 2.5e-5, 5e-5,  1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3,
                                 5e-3, 0.01,   0.025, 0.05, 0.1,    0.25, 1.0,  10.0};
constexpr int kStatuses = 600;

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0;
  double resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double open_files() {
  std::error_code gone;
  const std::filesystem::directory_iterator files("/proc/self/fd", gone);
  return static_cast<double>(std::distance(begin(files), end(files)));
}

template <typename Builder>
auto& family(Builder builder, const char* name, const char* help, prometheus::Registry& registry) {
  return builder.Name(name).Help(help).Register(registry);
}

}  // namespace

struct Metrics::Series {
  prometheus::Gauge& gauge(const char* name, const char* help) {
    return family(prometheus::BuildGauge(), name, help, registry).Add({});
  }
  prometheus::Counter& counter(const char* name, const char* help) {
    return family(prometheus::BuildCounter(), name, help, registry).Add({});
  }
  // The counter of an endpoint's answers with this status, made when the first is given.
  prometheus::Counter& answers_of(int endpoint, int status) {
    std::atomic<prometheus::Counter*>& known = answers_by_status[endpoint][status];
    if (prometheus::Counter* found = known.load(std::memory_order_acquire)) return *found;
    prometheus::Counter& made =
        answers.Add({{"endpoint", kEndpointNames[endpoint]}, {"code", std::to_string(status)}});
    known.store(&made, std::memory_order_release);
    return made;
  }

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& answers =
      family(prometheus::BuildCounter(), "wordfire_requests_total", "Answers given.", registry);
  prometheus::Family<prometheus::Histogram>& durations =
      family(prometheus::BuildHistogram(), "wordfire_request_seconds",
             "From the whole request to its answer.", registry);
  prometheus::Family<prometheus::Counter>& refusals =
      family(prometheus::BuildCounter(), "wordfire_refused_total",
             "Requests and connections turned away, by the limit.", registry);
  prometheus::Counter& received = counter("wordfire_received_bytes_total", "Bytes of requests.");
  prometheus::Counter& sent = counter("wordfire_sent_bytes_total", "Bytes of answers.");
  prometheus::Gauge& connections = gauge("wordfire_connections", "Connections that are open.");
  prometheus::Gauge& waiting = gauge("wordfire_queue_length", "Requests that wait for a thread.");
  prometheus::Gauge& models = gauge("wordfire_models_loaded", "Models in memory.");
  prometheus::Gauge& memory = gauge("process_resident_memory_bytes", "Memory of the process.");
  prometheus::Gauge& files = gauge("process_open_fds", "Open files of the process.");
  prometheus::Gauge& started =
      gauge("process_start_time_seconds", "When the server started, since 1970.");
  std::array<std::array<std::atomic<prometheus::Counter*>, kStatuses>, kEndpoints>
      answers_by_status{};
  std::array<prometheus::Histogram*, kEndpoints> duration_of{};
  std::array<prometheus::Counter*, kRefusals> refusals_of{};
};

Metrics::Metrics() : series_(std::make_unique<Series>()) {
  const std::vector<double> bounds(kSeconds.begin(), kSeconds.end());
  for (int i = 0; i < kEndpoints; ++i)
    series_->duration_of[i] = &series_->durations.Add({{"endpoint", kEndpointNames[i]}}, bounds);
  for (int i = 0; i < kRefusals; ++i)
    series_->refusals_of[i] = &series_->refusals.Add({{"limit", kRefusalNames[i]}});
  series_->started.SetToCurrentTime();
}

Metrics::~Metrics() = default;

void Metrics::answered(Endpoint endpoint, int status, std::chrono::nanoseconds taken) {
  const int row = static_cast<int>(endpoint);
  series_->answers_of(row, status).Increment();
  series_->duration_of[row]->Observe(std::chrono::duration<double>(taken).count());
}

void Metrics::refused(Refusal refusal) {
  series_->refusals_of[static_cast<int>(refusal)]->Increment();
}

void Metrics::received(size_t bytes) { series_->received.Increment(static_cast<double>(bytes)); }

void Metrics::sent(size_t bytes) { series_->sent.Increment(static_cast<double>(bytes)); }

void Metrics::connections(int change) { series_->connections.Increment(change); }

void Metrics::waiting(size_t requests) { series_->waiting.Set(static_cast<double>(requests)); }

void Metrics::models(int loaded) { series_->models.Set(loaded); }

std::string Metrics::text() const {
  series_->memory.Set(resident_bytes());
  series_->files.Set(open_files());
  return prometheus::TextSerializer().Serialize(series_->registry.Collect());
}

}  // namespace wordfire::serve
