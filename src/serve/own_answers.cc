#include "serve/own_answers.h"

#include <new>

#include "serve/server_paths.h"

namespace wordfire::serve {
namespace {

Answer metrics(const ServerParts& parts) {
  try {
    parts.metrics.waiting(parts.queue.waiting() + parts.slow_queue.waiting());
    return {200, "text/plain; version=0.0.4", parts.metrics.text()};
  } catch (const std::bad_alloc& lack) {
    return refusal(lack);
  }
}

}  // namespace

std::optional<Answer> own_answer(const ServerParts& parts, const Route& route,
                                 std::string_view method) {
  if (route.methods.empty()) return refusal(404, "there is no such path");
  if (!lists_method(route.methods, method)) return refusal(405, "not with this method");
  if (route.endpoint == Endpoint::kPing)
    return Answer{parts.service.ready() && !parts.draining ? 200 : 503, {}, {}};
  if (route.endpoint == Endpoint::kMetrics) return metrics(parts);
  return std::nullopt;
}

}  // namespace wordfire::serve
