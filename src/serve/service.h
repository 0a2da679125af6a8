// What a server asks of the parts that know answers.
#pragma once

#include <string_view>

#include "serve/answer.h"
#include "serve/metrics.h"
#include "serve/request.h"

namespace wordfire::serve {

// A request with its way to the right part. The views live as long as the call.
struct Call {
  std::string_view method;  // "GET"
  std::string_view path;    // as it came: not decoded, without the query
  std::string_view query;   // behind the '?'
  Request request;
};

// Where a path leads.
struct Route {
  Endpoint endpoint = Endpoint::kOther;
  std::string_view methods;  // "GET, POST"; empty: there is no such path
};

// The server itself answers /ping and /metrics; all else it asks here. Thread-safe.
class Service {
 public:
  virtual ~Service() = default;

  // Whether requests can be answered: what /ping tells.
  [[nodiscard]] virtual bool ready() const noexcept = 0;
  [[nodiscard]] virtual Route route(std::string_view path) const noexcept = 0;
  // Whether the answer may have to wait for a model to load, or for requests that use one. Such
  // calls have threads of their own, so that they hold up no others.
  [[nodiscard]] virtual bool takes_long(const Call& call) const noexcept = 0;
  // worker: which thread asks, [0, workers + slow_workers). Heeds the deadline in the request.
  [[nodiscard]] virtual Answer answer(const Call& call, int worker) noexcept = 0;
};

}  // namespace wordfire::serve
