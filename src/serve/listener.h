// Takes connections and gives them to the shards, whatever the system says: when it has no more
// descriptors, or memory, clients that have been silent longest go. Private to the server.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "serve/handler_memory.h"
#include "serve/shard.h"

namespace wordfire::serve {

class Listener {
 public:
  // Runs on the thread of the first shard. Throws Error (usage).
  Listener(std::span<const std::unique_ptr<Shard>> shards, const std::string& address,
           uint16_t port, std::function<void(std::string_view)> log);

  [[nodiscard]] uint16_t port() const noexcept { return port_; }
  void start();
  void request_stop() noexcept;

 private:
  void make_room_for_timers();
  void await_clients();
  void accept();
  [[nodiscard]] bool somebody_waits();
  void accept_after(std::chrono::milliseconds pause);
  [[nodiscard]] boost::system::error_code take_those_who_wait(size_t most) noexcept;
  void take_one(boost::system::error_code& fault);
  void recover(const boost::system::error_code& fault);
  void complain(const boost::system::error_code& fault);
  void stop();
  [[nodiscard]] Shard& emptiest();

  std::span<const std::unique_ptr<Shard>> shards_;
  std::function<void(std::string_view)> log_;
  HandlerMemory acceptor_memory_;
  boost::asio::ip::tcp::acceptor acceptor_;
  uint16_t port_ = 0;  // kept: the acceptor is closed on another thread than the one that asks
  boost::asio::posix::stream_descriptor stop_requested_;
  const int stop_descriptor_;
  HandlerMemory pause_memory_;
  boost::asio::steady_timer pause_;
  std::chrono::steady_clock::time_point complained_{};
};

}  // namespace wordfire::serve
