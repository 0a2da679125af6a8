#include "serve/metrics.h"

#include <fcntl.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <locale>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "io/file_descriptor.h"
#include "io/folder_names.h"

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

// nullopt: the system does not tell now, as it takes a descriptor to ask.
std::optional<double> resident_bytes() {
  const FileDescriptor statm(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  std::array<char, 256> text{};  // "total resident ...", in pages
  if (!statm.is_open() || ::read(statm.get(), text.data(), text.size() - 1) <= 0)
    return std::nullopt;
  const char* const resident = std::strchr(text.data(), ' ');
  if (resident == nullptr) return std::nullopt;
  return std::strtod(resident, nullptr) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::optional<double> open_files() {
  int files = -1;  // the one for the folder itself is not counted
  try {
    for_each_name("/proc/self/fd", [&](const std::string&) { ++files; });
  } catch (const Error&) {
    return std::nullopt;
  }
  return files;
}

void set(prometheus::Gauge& gauge, std::optional<double> value) {
  if (value) gauge.Set(*value);
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
  set(series_->memory, resident_bytes());
  set(series_->files, open_files());
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.exceptions(std::ios::badbit);  // else it would leave out what it has no memory for
  prometheus::TextSerializer().Serialize(text, series_->registry.Collect());
  return std::move(text).str();
}

}  // namespace wordfire::serve
