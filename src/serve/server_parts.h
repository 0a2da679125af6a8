// What all connections of a server share. Private to the server.
#pragma once

#include <atomic>
#include <cstddef>

#include "serve/drain_times.h"
#include "serve/limits.h"
#include "serve/memory_room.h"
#include "serve/metrics.h"
#include "serve/service.h"
#include "serve/work_queue.h"

namespace wordfire::serve {

struct ServerParts {
  ServerParts(Service& answers, Metrics& counters, const ServerLimits& all_limits, int workers,
              int slow_workers)
      : service(answers),
        metrics(counters),
        limits(all_limits),
        room(all_limits.bodies_bytes),
        has_slow_workers(slow_workers > 0),
        queue(all_limits.queue, all_limits.queue_wait, workers),
        slow_queue(all_limits.queue, all_limits.handler, slow_workers) {}

  [[nodiscard]] WorkQueue& queue_for(const Call& call) {
    return has_slow_workers && service.takes_long(call) ? slow_queue : queue;
  }

  Service& service;
  Metrics& metrics;
  const ServerLimits limits;
  MemoryRoom room;
  const bool has_slow_workers;
  WorkQueue queue;
  WorkQueue slow_queue;  // of calls that take long: they wait for as long as their answers may
  std::atomic<size_t> arriving = 0;  // connections on their way from the listener to their shards
  DrainTimes drain_times;            // written before `draining`, and read only then
  std::atomic<bool> draining = false;
};

}  // namespace wordfire::serve
