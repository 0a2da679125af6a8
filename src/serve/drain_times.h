// What ends when, from the request to stop until everything has to be over.
#pragma once

#include <algorithm>
#include <chrono>

namespace wordfire::serve {

struct DrainTimes {
  using Clock = std::chrono::steady_clock;

  Clock::time_point last_requests{};  // a silent connection may still bring what was on its way
  Clock::time_point last_bodies{};    // and one in the middle of a request, the rest of it
  Clock::time_point last_answers{};   // who waits for an answer learns that there will be none
  Clock::time_point last_bytes{};     // all connections are closed
  Clock::time_point end{};            // no thread is waited for
};

// All is over a moment before `drain` is, for what the process does at its end; of a short time,
// each part gets its share.
[[nodiscard]] inline DrainTimes drain_times(DrainTimes::Clock::time_point begin,
                                            std::chrono::milliseconds drain) {
  using std::chrono::milliseconds;
  DrainTimes times;
  times.end = begin + drain - std::min(milliseconds(200), drain / 10);
  times.last_bytes = times.end - std::min(milliseconds(1000), drain / 4);
  times.last_answers = times.last_bytes - std::min(milliseconds(500), drain / 4);
  times.last_bodies = std::min(begin + milliseconds(5000), times.last_answers);
  times.last_requests = std::min(begin + milliseconds(300), times.last_answers);
  return times;
}

}  // namespace wordfire::serve
