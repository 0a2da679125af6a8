// What the server counts, in the text format that Prometheus reads at /metrics.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace wordfire::serve {

// What a request asked for. Metrics name these alone, so that no client can make new series.
enum class Endpoint { kPing, kInvocations, kExecutionParameters, kMetrics, kModels, kPage, kOther };
inline constexpr int kEndpoints = static_cast<int>(Endpoint::kOther) + 1;

// Why a connection or a request was turned away before anything was computed for it.
enum class Refusal { kConnections, kQueue, kMemory, kHeader, kBody, kIdle, kSlow, kHandler };
inline constexpr int kRefusals = static_cast<int>(Refusal::kHandler) + 1;

// Thread-safe. Counting takes no lock but a histogram's, and allocates only for the first answer of
// an endpoint with a status.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  // An answer was made: `taken` from the last byte of the request to the first of the answer.
  void answered(Endpoint endpoint, int status, std::chrono::nanoseconds taken);
  void refused(Refusal refusal);
  void received(size_t bytes);
  void sent(size_t bytes);
  void connections(int change);
  void waiting(size_t requests);  // in the queue
  void models(int loaded);

  // All of it, with memory and open files of this process as they are now; as they were, where no
  // descriptor is left to ask for them. Throws bad_alloc.
  [[nodiscard]] std::string text() const;

 private:
  struct Series;
  std::unique_ptr<Series> series_;
};

}  // namespace wordfire::serve
