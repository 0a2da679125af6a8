// Answers over HTTP/1.1: keep-alive and pipelining, any number of clients on few threads, and a
// limit on everything that a client could take. Threads of two kinds: shards move bytes and answer
// /ping and /metrics, workers compute answers; some of them those that take long.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "serve/limits.h"
#include "serve/metrics.h"
#include "serve/service.h"

namespace wordfire::serve {

struct ServerSettings {
  std::string address = "0.0.0.0";
  uint16_t port = 8080;  // 0: any that is free
  int workers = 1;
  int slow_workers = 0;  // further ones, for calls that take long; 0: these wait among the others
  int shards = 1;
  ServerLimits limits;
};

class HttpServer {
 public:
  // Takes the port, so that clients can connect from now on. Raises the limit of open files as far
  // as it may; the connections are fewer if that is not enough. `log` gets what an operator should
  // know, a line each, from any thread. All arguments must outlive the server. Throws Error (usage)
  // for an address or port that cannot be had.
  HttpServer(Service& service, Metrics& metrics, const ServerSettings& settings,
             std::function<void(std::string_view)> log);
  // Only after wait(), if start() was called.
  ~HttpServer();

  [[nodiscard]] uint16_t port() const;

  // Starts the threads: requests are answered. Throws Error (internal) when the system starts none.
  void start();
  // No further connection is taken, requests that are here are answered, then everything ends;
  // within limits.drain. Safe in signal handlers.
  void request_stop() noexcept;
  // Returns when all has ended, some time after request_stop(). False: a worker has not come back
  // from a request that was given up, so the process should end without destroying what it uses. A
  // second call tells the same, unless that worker has come back meanwhile.
  [[nodiscard]] bool wait();

 private:
  struct Running;
  std::unique_ptr<Running> running_;
};

}  // namespace wordfire::serve
