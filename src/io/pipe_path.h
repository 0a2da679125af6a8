// Streams that can be read once, as SageMaker's Pipe mode gives them: "pipe:PREFIX" stands for the
// FIFOs PREFIX_0, PREFIX_1, ..., one for each pass over the data. A FIFO may come into being late;
// it has no size, and it is read from its front to its end.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

#include "core/options.h"

namespace wordfire {

[[nodiscard]] inline bool is_pipe_path(std::string_view path) {
  return path.starts_with(kPipeScheme);
}

// How long a FIFO is awaited: longer than the platform takes to end a job that it does not feed.
inline constexpr std::chrono::seconds kLongestAwait{3600};

// Returns the path of the FIFO of `pass` when it is there. path: "pipe:PREFIX". Throws Error
// (no_input) when it is not there after `longest`, or has no folder; Stopped when *stop becomes
// true (null: never).
[[nodiscard]] std::string await_pipe(const std::string& path, int pass,
                                     const std::atomic<bool>* stop,
                                     std::chrono::milliseconds longest = kLongestAwait);

}  // namespace wordfire
