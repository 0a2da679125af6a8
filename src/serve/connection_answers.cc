// The half of a connection that answers; the other is in connection.cc.
#include <boost/asio/post.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "serve/connection.h"
#include "serve/own_answers.h"

namespace wordfire::serve {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// How long a client may take to see that its connection has ended. Closed at once, what it still
// sends would wipe out the answer on its way.
constexpr std::chrono::seconds kLinger{2};

}  // namespace

// The request is here, or will get no answer but a refusal.
bool Connection::dispatch() {
  exchange_.begin_answer();
  std::optional<Answer> answer =
      own_answer(parts_, exchange_.route(), exchange_.request().method());
  return answer ? answer_here(std::move(*answer)) : hand_over();
}

bool Connection::hand_over() {
  WorkQueue& queue = parts_.queue_for(exchange_.call());
  stage_ = Stage::kRunning;
  turn_.give();
  if (!queue.push(shared_from_this())) {
    (void)turn_.take_back();  // from nobody
    parts_.metrics.refused(Refusal::kQueue);
    return answer_here(refusal(503, "too many requests wait; try again"));
  }
  if (ended_ || !in_.empty()) return true;
  read(IncomingBytes::kSmall);  // the next request is read while this one is answered
  return false;
}

void Connection::run(int worker) noexcept {
  if (!turn_.is_workers()) return;
  Answer answer = exchange_.compute(worker);
  if (turn_.claim()) answer_from_worker(std::move(answer));
}

void Connection::answer_from_worker(Answer answer) noexcept {
  if (parts_.draining) exchange_.make_last();
  bool sent = false;
  try {
    sent = exchange_.send(std::move(answer));
  } catch (const std::exception&) {  // no memory for it
    exchange_.drop_answer();
  }
  if (sent && !exchange_.is_last()) {
    end_exchange();
  } else {
    stage_ = Stage::kUnsent;
  }
  hand_back();
}

void Connection::hand_back() noexcept {
  const bool unsent = stage_ == Stage::kUnsent;
  const bool asked = turn_.hand_back();
  if (!unsent && !asked) return;
  try {
    asio::post(shard_.context(),
               [self = shared_from_this()] { self->guarded([&] { self->advance(); }); });
  } catch (const std::exception&) {  // no memory: look_at_clock() sees it
  }
}

// The answer is on its way: the next request may come.
void Connection::end_exchange() {
  exchange_.end();
  looked_at_head_ = false;
  enter(Stage::kIdle, parts_.limits.idle);
}

bool Connection::answer_here(Answer answer) {
  if (!exchange_.send(std::move(answer)) || exchange_.is_last()) return write_rest();
  end_exchange();
  return true;
}

// The last answer: the connection ends behind it.
void Connection::refuse(Answer answer) {
  exchange_.make_last();
  (void)answer_here(std::move(answer));
}

void Connection::refuse_unread(Answer answer) {
  exchange_.begin_answer();
  refuse(std::move(answer));
}

bool Connection::write_rest() {
  if (stage_ != Stage::kWriting) enter(Stage::kWriting, parts_.limits.write);
  if (!exchange_.send_rest()) {
    await_room();
    return false;
  }
  if (exchange_.is_last()) {
    linger();
    return false;
  }
  end_exchange();
  return true;
}

// For more of the answer, in the client's buffer.
void Connection::await_room() {
  socket_.async_wait(Shard::Socket::wait_write, [self = shared_from_this()](const error_code&) {
    self->guarded([&] {
      if (self->stage_ == Stage::kWriting && self->write_rest()) self->advance();
    });
  });
}

// The answer says that the connection ends; then it does, once the client has seen it.
void Connection::linger() {
  if (ended_) return close();
  error_code ignored;
  socket_.shutdown(Shard::Socket::shutdown_send, ignored);
  enter(Stage::kLingering, kLinger);
  exchange_.linger(is_read_);
  in_.clear();
  read(IncomingBytes::kSmall);
}

}  // namespace wordfire::serve
