#include "serve/shard.h"

#include <boost/asio/post.hpp>
#include <new>
#include <utility>

#include "serve/connection.h"

namespace wordfire::serve {

namespace asio = boost::asio;
using Clock = Connection::Clock;

namespace {

// How exact limits of time are; every connection is looked at so often.
constexpr std::chrono::milliseconds kTick{100};
// A connection is closed for another only once it has been silent so long: a client that sends one
// request after the other is not.
constexpr std::chrono::milliseconds kSilent{10};

}  // namespace

Shard::Shard(ServerParts& parts, size_t connections)
    : parts_(parts),
      most_connections_(connections),
      keep_running_(context_.get_executor()),
      clock_(context_) {}

void Shard::run() {
  look_at_clock();
  while (!context_.stopped()) {
    try {
      context_.run();
    } catch (const std::bad_alloc&) {
      // A connection that lacks memory is closed where it does. This was a new one, which is
      // dropped.
    }
  }
}

// It is counted from here to forget().
void Shard::adopt(Socket socket) {
  count_.fetch_add(1, std::memory_order_relaxed);
  parts_.arriving.fetch_add(1, std::memory_order_relaxed);
  try {
    asio::post(context_,
               [this, taken = std::move(socket)]() mutable { take_in(std::move(taken)); });
  } catch (const std::bad_alloc&) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    parts_.arriving.fetch_sub(1, std::memory_order_relaxed);
    throw;
  }
}

void Shard::take_in(Socket socket) {
  parts_.arriving.fetch_sub(1, std::memory_order_relaxed);
  try {
    while (connections_.size() >= most_connections_ && close_longest_waiting()) {
    }
    const bool has_room = connections_.size() < most_connections_;
    if (connections_.size() < most_connections_ + kMostTurnedAway) {
      connections_.push_front(std::make_shared<Connection>(*this, std::move(socket)));
      const std::shared_ptr<Connection> connection = connections_.front();
      has_room ? connection->start(connections_.begin())
               : connection->turn_away(connections_.begin());
      return;
    }
  } catch (const std::bad_alloc&) {
  }
  count_.fetch_sub(1, std::memory_order_relaxed);  // dropped
}

void Shard::forget(Connections::iterator connection) {
  connections_.erase(connection);
  count_.fetch_sub(1, std::memory_order_relaxed);
}

void Shard::give_way() {
  asio::post(context_, [this] { (void)close_longest_waiting(); });
}

// Somebody who is silent makes room for somebody who may not be, the one who has been so longest:
// of those who have asked for nothing, whom that costs no request, unless more than half of all are
// in the middle of one. So whoever only begins requests does not drive out those who end them.
bool Shard::close_longest_waiting() {
  const Clock::time_point spoke = Clock::now() - kSilent;
  std::shared_ptr<Connection> idle;
  std::shared_ptr<Connection> asking;
  size_t in_request = 0;
  for (const auto& each : connections_) {
    const Connection::Silence silence = each->silence();
    if (silence.in_request) ++in_request;
    if (silence.since > spoke) continue;
    auto& longest = silence.in_request ? asking : idle;
    if (!longest || silence.since < longest->silence().since) longest = each;
  }
  const bool is_crowded = 2 * in_request > connections_.size();
  const auto& longest = asking && (is_crowded || !idle) ? asking : idle;
  if (!longest) return false;
  parts_.metrics.refused(Refusal::kConnections);
  longest->close_soon();
  return true;
}

void Shard::set_clock() {
  clock_.expires_after(kTick);
  clock_.async_wait(clock_memory_.hold([this](const boost::system::error_code& stopped) {
    if (!stopped) look_at_clock();
  }));
}

// The clock is set first: then it goes on, whatever happens here.
void Shard::look_at_clock() {
  set_clock();
  const Clock::time_point now = Clock::now();
  const bool draining = parts_.draining;
  // A connection that is closed leaves the list.
  for (auto next = connections_.begin(); next != connections_.end();) {
    const std::shared_ptr<Connection> connection = *next++;
    connection->look_at_clock(now);
    if (draining) drain(*connection, now);
  }
  // All connections were given to this shard, and counted, before draining began.
  if (!draining || count_ > 0) return;
  keep_running_.reset();
  clock_.cancel();
}

void Shard::drain(Connection& connection, Clock::time_point now) {
  const DrainTimes& times = parts_.drain_times;
  // What is due before the next look is done in this one.
  const Clock::time_point reached = now + kTick;
  if (reached > times.last_bytes || (reached > times.last_requests && connection.is_idle())) {
    connection.close_soon();
  } else if (reached > times.last_answers) {
    connection.give_up();
    connection.refuse_unfinished();
  } else if (reached > times.last_bodies) {
    connection.refuse_unfinished();
  }
}

}  // namespace wordfire::serve
