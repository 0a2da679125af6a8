// A server in tests, on a free port of the loopback interface, whose answers need no model.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "serve/http_server.h"
#include "tests/serve/raw_client.h"

namespace wordfire::serve {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

inline constexpr std::string_view kPing = "GET /ping HTTP/1.1\r\nHost: h\r\n\r\n";

inline std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

// /echo answers with the body, /count with its size, /large with a megabyte, /wait once it is let
// go.
class Paths final : public Service {
 public:
  bool ready() const noexcept override { return is_ready; }
  Route route(std::string_view path) const noexcept override {
    if (path == "/echo" || path == "/large" || path == "/wait" || path == "/count")
      return {Endpoint::kInvocations, "POST, PUT"};
    return {};
  }
  bool takes_long(const Call& call) const noexcept override { return call.path == "/wait"; }
  Answer answer(const Call& call, int worker) noexcept override {
    if (call.path == "/wait") slow_worker = worker;
    if (call.path == "/large") return {200, "text/plain", std::string(size_t{1} << 24, 'x')};
    if (call.path == "/count") return {200, {}, std::to_string(call.request.body.size())};
    if (call.path == "/wait") {
      ++waiting;
      while (!let_go) std::this_thread::sleep_for(milliseconds(1));
    }
    return {200, std::string(call.request.content_type), std::string(call.request.body)};
  }

  std::atomic<bool> is_ready = true;
  std::atomic<bool> let_go = false;
  std::atomic<int> waiting = 0;
  std::atomic<int> slow_worker = -1;
};

inline ServerSettings quick_settings() {
  ServerSettings settings;
  settings.address = "127.0.0.1";
  settings.port = 0;
  settings.limits.drain = seconds(2);
  return settings;
}

// A server with a change of its settings.
class Serving {
 public:
  explicit Serving(const std::function<void(ServerSettings&)>& change = [](ServerSettings&) {})
      : server_(paths, metrics, changed(change), [this](std::string_view line) {
          const std::lock_guard lock(mutex_);
          log_ += line;
        }) {
    server_.start();
  }
  ~Serving() {
    paths.let_go = true;
    stop();
  }
  bool stop() {
    if (!ended_) {
      server_.request_stop();
      ended_ = server_.wait();
    }
    return *ended_;
  }
  // Behind a stop() that has not ended well: returns once the workers have come back after all.
  void await_workers() {
    while (!server_.wait()) std::this_thread::sleep_for(milliseconds(1));
  }
  void request_stop() { server_.request_stop(); }
  uint16_t port() const { return server_.port(); }
  RawClient client() const { return RawClient(port()); }
  void await_work(int requests) const {
    while (paths.waiting < requests) std::this_thread::sleep_for(milliseconds(1));
  }

  // Whether /metrics has this line within some seconds.
  bool comes_to_count(const std::string& line) const {
    for (int i = 0; i < 500; ++i) {
      const RawAnswer answer =
          client().ask("GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
      if (answer.body.find(line + "\n") != std::string::npos) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }

  Paths paths;
  Metrics metrics;

 private:
  static ServerSettings changed(const std::function<void(ServerSettings&)>& change) {
    ServerSettings settings = quick_settings();
    change(settings);
    return settings;
  }
  std::mutex mutex_;
  std::string log_;
  HttpServer server_;
  std::optional<bool> ended_;
};

}  // namespace wordfire::serve
