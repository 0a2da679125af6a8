// What a server gives a client at most: of bytes, of time, of its attention.
#pragma once

#include <chrono>
#include <cstddef>

namespace wordfire::serve {

struct ServerLimits {
  size_t header_bytes = size_t{16} << 10;  // request line and headers; more: 431
  size_t body_bytes = size_t{100} << 20;   // of one request; more: 413
  // Of all requests that are being read or answered, and their answers (memory_room.h); 503.
  size_t bodies_bytes = size_t{1} << 30;
  size_t connections = 4096;  // open at once; the one that waited longest must go

  // Requests that wait for a thread: so many, and as long as the wait is expected to be shorter
  // than this; 503.
  size_t queue = 4096;
  std::chrono::milliseconds queue_wait{1000};

  std::chrono::milliseconds header{10'000};   // from the first byte of a request to its last header
  std::chrono::milliseconds body{60'000};     // from there to the end of its body
  std::chrono::milliseconds idle{75'000};     // without a request; load balancers wait 60 s
  std::chrono::milliseconds handler{60'000};  // from the whole request to the answer; 503
  std::chrono::milliseconds write{60'000};    // for the client to take the answer
  std::chrono::milliseconds drain{24'000};    // from the request to stop to the end
};

}  // namespace wordfire::serve
