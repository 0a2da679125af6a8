// A thread that moves the bytes of some of the connections, and does nothing else: it never
// computes an answer, so that it always has time for /ping. Private to the server.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>

#include "serve/handler_memory.h"
#include "serve/server_parts.h"

namespace wordfire::serve {

class Connection;

class Shard {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Connections = std::list<std::shared_ptr<Connection>>;

  // Descriptors that a shard needs (http_server.cc sets them aside): for Asio's waiting, and for
  // connections beyond the most, whose clients are told to come again.
  static constexpr size_t kFiles = 3;
  static constexpr size_t kMostTurnedAway = 4;

  // connections: the most that are open at once, but for some that are only told to come again.
  Shard(ServerParts& parts, size_t connections);

  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  [[nodiscard]] ServerParts& parts() { return parts_; }
  // Moves bytes until draining has come to its end, however little memory there is.
  void run();

  // From any thread: what the shard's own does then. They throw bad_alloc, with nothing done.
  void adopt(Socket socket);
  void give_way();  // closes the connection that has waited longest for its client
  // Connections that it has, and that it is about to have.
  [[nodiscard]] size_t connections() const { return count_.load(std::memory_order_relaxed); }

  // From the shard's thread.
  void forget(Connections::iterator connection);

 private:
  void take_in(Socket socket);
  [[nodiscard]] bool close_longest_waiting();
  void set_clock();
  void look_at_clock();
  void drain(Connection& connection, std::chrono::steady_clock::time_point now);

  ServerParts& parts_;
  const size_t most_connections_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running_;
  HandlerMemory clock_memory_;
  boost::asio::steady_timer clock_;
  Connections connections_;
  std::atomic<size_t> count_ = 0;
};

}  // namespace wordfire::serve
