// One request on a connection, and its answer. Private to the server.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "serve/answer.h"
#include "serve/answer_writer.h"
#include "serve/request_reader.h"
#include "serve/server_parts.h"
#include "serve/service.h"

namespace wordfire::serve {

class HttpExchange {
 public:
  using Clock = std::chrono::steady_clock;

  // socket: the descriptor that the answer goes to, without waiting.
  HttpExchange(ServerParts& parts, int socket);
  ~HttpExchange();
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  // What comes of the request; see RequestReader.
  [[nodiscard]] size_t take(std::string_view bytes) { return request_.take(bytes); }
  [[nodiscard]] const RequestReader& request() const { return request_; }

  // From here on, the head is there.

  // Whether this path has this method, so that there may be an answer to the body.
  [[nodiscard]] bool is_wanted();
  // Nothing more of the request is awaited.
  void begin_answer();
  [[nodiscard]] const Route& route() const { return route_; }
  [[nodiscard]] Clock::time_point deadline() const;
  [[nodiscard]] Call call() const;
  // The service's answer, or a refusal where there is no room for its work.
  [[nodiscard]] Answer compute(int worker) const noexcept;

  // The connection ends behind this answer.
  void make_last() { is_last_ = true; }
  [[nodiscard]] bool is_last() const { return is_last_; }

  // Begins an answer, or a refusal where there is no room for it to wait for its client, and sends
  // what the client takes at once. Whether all is sent; it counts as sent, and is the last, when
  // the client is gone.
  [[nodiscard]] bool send(Answer answer);
  [[nodiscard]] bool send_rest();
  // Nothing more is sent of this answer, which is the last.
  void drop_answer() noexcept;

  // The connection has ended: gives back the memory of the answer, and of the request unless a
  // worker may still read it.
  void linger(bool is_read);

  // Forgets both, for the next request.
  void end();

 private:
  [[nodiscard]] Answer with_room(Answer answer);
  void forget_answer() noexcept;

  ServerParts& parts_;
  const int socket_;
  RequestReader request_;
  Route route_;
  Clock::time_point arrived_{};
  AnswerWriter writer_;
  size_t room_taken_ = 0;  // by the answer
  bool is_last_ = false;
};

}  // namespace wordfire::serve
