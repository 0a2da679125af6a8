#include "serve/listener.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <new>
#include <utility>

#include "core/error.h"

namespace wordfire::serve {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr int kBacklog = 4096;  // the system has a limit of its own
// Connections that no shard has seen yet, so that none was closed for them: each has a descriptor
// beyond those that the limit of connections counts (http_server.cc).
constexpr size_t kMostArriving = 16;
constexpr std::chrono::milliseconds kPauseForShards{1};
constexpr std::chrono::milliseconds kPauseForRoom{20};
constexpr std::chrono::seconds kComplainEvery{10};

tcp::endpoint endpoint_of(const std::string& address, uint16_t port) {
  error_code fault;
  const asio::ip::address parsed = asio::ip::make_address(address, fault);
  if (fault)
    throw Error::usage(fmt::format(
        R"(address "{}": want an address of this machine in digits, such as 127.0.0.1 or ::)",
        address));
  return {parsed, port};
}

bool wants_descriptor(const error_code& fault) {
  namespace errc = boost::system::errc;
  return fault == errc::too_many_files_open || fault == errc::too_many_files_open_in_system;
}

[[noreturn]] void refuse(const tcp::endpoint& endpoint, const error_code& fault) {
  throw Error::usage(fmt::format("address {}, port {}: {}; take another port, or stop who has it",
                                 endpoint.address().to_string(), endpoint.port(), fault.message()));
}

void open(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code fault;
  acceptor.open(endpoint.protocol(), fault);
  if (!fault) acceptor.set_option(tcp::acceptor::reuse_address(true), fault);
  if (!fault) acceptor.bind(endpoint, fault);
  if (!fault) acceptor.listen(kBacklog, fault);
  if (!fault) acceptor.non_blocking(true, fault);
  if (fault) refuse(endpoint, fault);
}

}  // namespace

Listener::Listener(std::span<const std::unique_ptr<Shard>> shards, const std::string& address,
                   uint16_t port, std::function<void(std::string_view)> log)
    : shards_(shards),
      log_(std::move(log)),
      acceptor_(shards[0]->context()),
      stop_requested_(shards[0]->context(), ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      stop_descriptor_(stop_requested_.native_handle()),
      pause_(shards[0]->context()) {
  open(acceptor_, endpoint_of(address, port));
  port_ = acceptor_.local_endpoint().port();
}

// Asio's queue of timers grows with those that wait at once: the pause and the clock of its shard.
// From here on it has room for both, so that beginning either takes no memory.
void Listener::make_room_for_timers() {
  asio::steady_timer clock(shards_[0]->context());
  for (asio::steady_timer* const timer : {&clock, &pause_}) {
    timer->expires_after(std::chrono::hours(1));
    timer->async_wait([](const error_code&) {});
  }
  pause_.cancel();
}

void Listener::start() {
  make_room_for_timers();
  stop_requested_.async_wait(asio::posix::stream_descriptor::wait_read,
                             [this](const error_code& fault) {
                               if (!fault) stop();
                             });
  await_clients();
}

void Listener::request_stop() noexcept {
  const uint64_t one = 1;
  (void)!::write(stop_descriptor_, &one, sizeof(one));
}

Shard& Listener::emptiest() {
  return **std::ranges::min_element(shards_, {},
                                    [](const auto& each) { return each->connections(); });
}

void Listener::await_clients() {
  acceptor_.async_wait(tcp::acceptor::wait_read, acceptor_memory_.hold([this](const error_code&) {
    if (acceptor_.is_open()) accept();
  }));
}

// Asio's own accepting needs memory before it calls, and would never call without.
void Listener::accept() {
  const size_t arriving = shards_[0]->parts().arriving.load(std::memory_order_relaxed);
  if (arriving >= kMostArriving) return accept_after(kPauseForShards);
  const error_code fault = take_those_who_wait(kMostArriving - arriving);
  if (!fault || fault == asio::error::would_block) return await_clients();
  if (wants_descriptor(fault) && !somebody_waits()) return await_clients();
  recover(fault);
}

// The system wants a descriptor before it looks whether there is a client for it. Who came with the
// last one is here, and nobody has to go.
bool Listener::somebody_waits() {
  pollfd waiting{acceptor_.native_handle(), POLLIN, 0};
  return ::poll(&waiting, 1, 0) != 0;
}

void Listener::accept_after(std::chrono::milliseconds pause) {
  pause_.expires_after(pause);
  pause_.async_wait(pause_memory_.hold([this](const error_code& stopped) {
    if (!stopped && acceptor_.is_open()) accept();
  }));
}

// Until nobody waits, or so many have come; what went wrong, if anything did.
error_code Listener::take_those_who_wait(size_t most) noexcept {
  error_code fault;
  try {
    for (size_t i = 0; i < most && (!fault || fault == asio::error::connection_aborted); ++i)
      take_one(fault);
  } catch (const std::bad_alloc&) {
    fault = asio::error::no_memory;
  }
  return fault == asio::error::connection_aborted ? error_code() : fault;
}

void Listener::take_one(error_code& fault) {
  Shard& shard = emptiest();
  tcp::socket taken(shard.context());
  acceptor_.accept(taken, fault);
  if (!fault) shard.adopt(std::move(taken));
}

void Listener::recover(const error_code& fault) {
  accept_after(kPauseForRoom);
  try {
    complain(fault);
    for (const auto& shard : shards_) shard->give_way();
  } catch (const std::bad_alloc&) {  // then later
  }
}

void Listener::complain(const error_code& fault) {
  const auto now = std::chrono::steady_clock::now();
  if (now - complained_ < kComplainEvery) return;
  complained_ = now;
  log_(fmt::format("warning: a connection could not be taken: {}", fault.message()));
}

// Who has connected before is served; who comes later learns at once that nobody is here.
void Listener::stop() {
  error_code fault = take_those_who_wait(kBacklog);
  acceptor_.close(fault);
  pause_.cancel();
  ServerParts& parts = shards_[0]->parts();
  parts.drain_times = drain_times(DrainTimes::Clock::now(), parts.limits.drain);
  parts.draining = true;
}

}  // namespace wordfire::serve
