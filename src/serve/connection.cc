#include "serve/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cassert>
#include <utility>

namespace wordfire::serve {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr size_t kBodyBuffer = size_t{64} << 10;

}  // namespace

Connection::Connection(Shard& shard, Shard::Socket socket)
    : shard_(shard),
      parts_(shard.parts()),
      socket_(std::move(socket)),
      exchange_(parts_, socket_.native_handle()) {}

Connection::~Connection() = default;

// ---- beginning and end

void Connection::open(Shard::Connections::iterator place) {
  place_ = place;
  parts_.metrics.connections(1);
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void Connection::start(Shard::Connections::iterator place) noexcept {
  open(place);
  enter(Stage::kIdle, parts_.limits.header);  // the first request is expected at once
  guarded([this] { read(IncomingBytes::kSmall); });
}

void Connection::turn_away(Shard::Connections::iterator place) noexcept {
  open(place);
  parts_.metrics.refused(Refusal::kConnections);
  guarded([this] { refuse_unread(refusal(503, "too many connections are open; try again")); });
}

void Connection::close_soon() noexcept {
  closing_ = true;
  if (turn_.is_shards() || turn_.take_back()) close();  // else look_at_clock() does it
}

void Connection::close() {
  assert(turn_.is_shards());
  if (stage_ == Stage::kClosed) return;
  stage_ = Stage::kClosed;
  error_code ignored;
  socket_.close(ignored);
  parts_.metrics.connections(-1);
  shard_.forget(place_);
}

// ---- time

void Connection::enter(Stage stage, Clock::duration limit) {
  assert(stage_ != Stage::kClosed);
  stage_ = stage;
  since_ = Clock::now();
  due_ = since_ + limit;
}

Connection::Silence Connection::silence() const {
  const bool busy = !turn_.is_shards() || stage_ == Stage::kUnsent || stage_ == Stage::kWriting;
  if (busy) return {.since = Clock::time_point::max()};
  return {.in_request = is_in_request(), .since = since_};
}

bool Connection::is_in_request() const { return stage_ == Stage::kHead || stage_ == Stage::kBody; }

bool Connection::is_idle() const { return turn_.is_shards() && stage_ == Stage::kIdle; }

void Connection::look_at_clock(Clock::time_point now) noexcept {
  if (closing_) return close_soon();
  if (!turn_.is_shards()) {
    if (now >= exchange_.deadline()) give_up();
  } else if (asked_ || stage_ == Stage::kUnsent) {  // the worker had no memory to call
    guarded([this] { advance(); });
  } else if (now >= due_) {
    guarded([this] { end_stage(); });
  }
}

void Connection::end_stage() {
  switch (stage_) {
    case Stage::kIdle:
      parts_.metrics.refused(Refusal::kIdle);
      return close();
    case Stage::kHead:
      parts_.metrics.refused(Refusal::kHeader);
      return refuse_unread(refusal(408, "the headers did not come in time"));
    case Stage::kBody:
      parts_.metrics.refused(Refusal::kBody);
      return refuse_unread(refusal(408, "the body did not come in time"));
    case Stage::kWriting:
      parts_.metrics.refused(Refusal::kSlow);
      return close();
    case Stage::kLingering:
      return close();
    case Stage::kRunning:
    case Stage::kUnsent:
    case Stage::kClosed:
      return;
  }
}

void Connection::give_up() noexcept {
  if (!turn_.take_back()) return;
  is_read_ = true;
  parts_.metrics.refused(Refusal::kHandler);
  guarded([this] { refuse(refusal(503, "the answer was not ready in time")); });
}

void Connection::refuse_unfinished() noexcept {
  if (!turn_.is_shards() || !is_in_request()) return;
  guarded([this] { refuse_unread(refusal(503, "the server stops")); });
}

// ---- reading

void Connection::read(size_t wanted) {
  if (reading_ || ended_) return;
  const std::span<char> space = in_.space(wanted);
  socket_.async_read_some(asio::buffer(space.data(), space.size()),
                          [self = shared_from_this()](const error_code& fault, size_t bytes) {
                            self->guarded([&] { self->on_read(bytes, bool(fault)); });
                          });
  reading_ = true;
}

void Connection::on_read(size_t bytes, bool ended) {
  reading_ = false;
  ended_ = ended;
  if (turn_.is_shards() && (stage_ == Stage::kLingering || stage_ == Stage::kClosed))
    return discard();
  parts_.metrics.received(bytes);
  in_.add(bytes);
  advance();
  if (turn_.is_shards() && is_in_request()) since_ = Clock::now();
}

void Connection::discard() {
  if (stage_ == Stage::kClosed) return;
  if (ended_) return close();
  read(IncomingBytes::kSmall);
}

bool Connection::has_turn() {
  asked_ = !turn_.is_shards_or_ask();
  return !asked_;
}

void Connection::advance() {
  while (has_turn() && go_on()) {
  }
}

bool Connection::go_on() {
  if (closing_) {
    close();
    return false;
  }
  switch (stage_) {
    case Stage::kIdle:
    case Stage::kHead:
    case Stage::kBody:
      return consume_request();
    case Stage::kUnsent:
      return write_rest();
    default:
      return false;
  }
}

// Takes what has come.
bool Connection::consume_request() {
  using State = RequestReader::State;
  const size_t taken = exchange_.take(in_.waiting());
  in_.take(taken);
  switch (exchange_.request().state()) {
    case State::kRefused: {
      const auto& [status, reason] = exchange_.request().refusal();
      if (status == 431) parts_.metrics.refused(Refusal::kHeader);
      if (status == 413) parts_.metrics.refused(Refusal::kBody);
      if (status == 503 || status == 507) parts_.metrics.refused(Refusal::kMemory);
      refuse_unread(refusal(status, reason));
      return false;
    }
    case State::kWhole:
      return dispatch();
    default:
      if (taken > 0 && !in_.empty()) return true;
      wait_for_more();
      return false;
  }
}

void Connection::wait_for_more() {
  using State = RequestReader::State;
  if (ended_) return close();
  const State state = exchange_.request().state();
  if (state == State::kBody && !looked_at_head_) return await_body();
  if (state == State::kHead && stage_ != Stage::kHead) enter(Stage::kHead, parts_.limits.header);
  // A head has to be here as a whole; a body is taken piece by piece, the larger the faster.
  read(state == State::kBody ? kBodyBuffer : IncomingBytes::kSmall);
}

// Whoever will get no answer to a body need not send it.
void Connection::await_body() {
  looked_at_head_ = true;
  if (!exchange_.is_wanted()) return (void)dispatch();
  const RequestReader& request = exchange_.request();
  if (request.awaits_continue() && !request.is_http10()) {
    constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
    // A client whose buffer is full of answers that it does not read gets none here.
    (void)::send(socket_.native_handle(), kGoOn.data(), kGoOn.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  enter(Stage::kBody, parts_.limits.body);
  read(std::clamp(request.content_length(), IncomingBytes::kSmall, kBodyBuffer));
}

}  // namespace wordfire::serve
