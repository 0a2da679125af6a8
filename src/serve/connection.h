// One client's connection: requests are read, one at a time is handed to a worker, answers are
// written. A worker sends the answer that it has computed at once, without a way back, if the
// client takes it; all else happens on the thread of the shard.
//
// Who may do what is for turn_ to say (turn.h): the members below it belong to whose turn it is, so
// that a shard closes no connection that a worker answers; those above it are always the shard's.
// Only close() enters kClosed, on the shard's turn, and nothing leaves it: advance() may come at
// any time, from a read, a worker or the clock, and does what the stage wants then.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>

#include "serve/http_exchange.h"
#include "serve/incoming_bytes.h"
#include "serve/server_parts.h"
#include "serve/shard.h"
#include "serve/turn.h"
#include "serve/work_queue.h"

namespace wordfire::serve {

class Connection final : public Work, public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(Shard& shard, Shard::Socket socket);
  ~Connection() override;

  // On a worker's thread.
  void run(int worker) noexcept override;

  // From here on, on the shard's thread. A connection that lacks memory for what it has to do is
  // closed.

  // Either of these begins. place: where the shard keeps it.
  void start(Shard::Connections::iterator place) noexcept;
  // There are too many connections: this one is told to come again, and ends.
  void turn_away(Shard::Connections::iterator place) noexcept;
  // Does what is due: a client that takes too long is told so, or left.
  void look_at_clock(Clock::time_point now) noexcept;
  // Since when it waits for its client, and for what.
  struct Silence {
    bool in_request = false;
    Clock::time_point since{};  // the client's last byte; never, if an answer is under way
  };
  [[nodiscard]] Silence silence() const;
  // No further request has begun.
  [[nodiscard]] bool is_idle() const;
  // At once, but for a worker that is sending an answer now.
  void close_soon() noexcept;
  // The answer that a worker has not made yet is refused instead.
  void give_up() noexcept;
  // So is a request that has not come as a whole.
  void refuse_unfinished() noexcept;

 private:
  // kRunning: a worker has the request. kUnsent: it has left the rest of the answer to the shard.
  enum class Stage : uint8_t {
    kIdle,
    kHead,
    kBody,
    kRunning,
    kUnsent,
    kWriting,
    kLingering,
    kClosed
  };

  template <typename Step>
  void guarded(Step step) noexcept;
  void open(Shard::Connections::iterator place);
  void close();
  void enter(Stage stage, Clock::duration limit);
  void end_stage();

  // wanted: how many bytes are expected.
  void read(size_t wanted);
  void on_read(size_t bytes, bool ended);
  void discard();
  [[nodiscard]] bool is_in_request() const;
  [[nodiscard]] bool has_turn();
  void advance();
  // These do what can be done now, and return whether there is more to do at once.
  [[nodiscard]] bool go_on();
  [[nodiscard]] bool consume_request();
  [[nodiscard]] bool dispatch();
  [[nodiscard]] bool hand_over();
  [[nodiscard]] bool answer_here(Answer answer);
  [[nodiscard]] bool write_rest();

  void wait_for_more();
  void await_body();
  void await_room();
  void refuse(Answer answer);
  void refuse_unread(Answer answer);
  void linger();

  // On the thread whose turn it is.
  void end_exchange();

  // On a worker's.
  void answer_from_worker(Answer answer) noexcept;
  void hand_back() noexcept;

  Shard& shard_;
  ServerParts& parts_;
  Shard::Socket socket_;
  Shard::Connections::iterator place_;
  IncomingBytes in_;
  bool reading_ = false;
  bool ended_ = false;    // the client sends no more
  bool asked_ = false;    // the shard wants to be called once it has the turn
  bool closing_ = false;  // to be closed on the shard's next turn
  bool is_read_ = false;  // a worker whose turn was taken back may still read the request

  Turn turn_;

  HttpExchange exchange_;
  Stage stage_ = Stage::kIdle;
  Clock::time_point since_{};  // the stage began, or the last byte of it came
  Clock::time_point due_{};    // it has to end
  bool looked_at_head_ = false;
};

template <typename Step>
void Connection::guarded(Step step) noexcept {
  try {
    step();
  } catch (const std::exception&) {  // no memory: whatever was to be done can not be
    close_soon();
  }
}

}  // namespace wordfire::serve
