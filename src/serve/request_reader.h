// A request of HTTP/1.1 out of bytes as they come (RFC 9112). Beast knows the grammar; here stand
// the limits, and what of a request is kept: a few headers and the body.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "serve/limits.h"
#include "serve/memory_room.h"

namespace wordfire::serve {

class RequestReader {
 public:
  // kEmpty: nothing of a request has come. kHead, kBody: a part of it. kWhole: all of it.
  // kRefused: it is wrong or too large; refusal() says how, and nothing more can be read.
  enum class State { kEmpty, kHead, kBody, kWhole, kRefused };

  struct Refusal {
    int status = 0;
    std::string reason;  // a sentence for the client
  };

  // Both must live as long as the reader.
  RequestReader(const ServerLimits& limits, MemoryRoom& room);
  ~RequestReader();

  // bytes: all that have come and were not taken yet. Returns how many are taken now; the rest is
  // wanted again with what comes next. Stops behind the head, and behind the request. Where memory
  // is lacking, the request is refused.
  size_t take(std::string_view bytes);
  // Forgets the request, to begin the next one.
  void begin();

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }

  // Whether the head was read; what follows here is of use from then on.
  [[nodiscard]] bool has_head() const { return state_ == State::kBody || state_ == State::kWhole; }

  // The views live until begin().
  [[nodiscard]] std::string_view method() const { return head_.method; }
  [[nodiscard]] std::string_view path() const;
  [[nodiscard]] std::string_view query() const;
  [[nodiscard]] std::string_view content_type() const { return head_.content_type; }
  [[nodiscard]] std::string_view accept() const { return head_.accept; }
  // Of the whole request.
  [[nodiscard]] std::string_view body() const { return body_; }

  // What the body has of the room.
  [[nodiscard]] size_t room_taken() const { return room_taken_; }

  // As the head says; 0 if it does not.
  [[nodiscard]] size_t content_length() const { return head_.content_length; }
  [[nodiscard]] bool keeps_alive() const { return head_.keeps_alive; }
  [[nodiscard]] bool is_http10() const { return head_.is_http10; }
  // The client sends no body before it is told to go on.
  [[nodiscard]] bool awaits_continue() const { return !head_.expect.empty(); }

 private:
  class Parser;
  struct Head {
    std::string method;
    std::string target;
    std::string content_type;
    std::string accept;
    std::string content_encoding;
    std::string transfer_encoding;
    std::string expect;
    size_t content_length = 0;
    int hosts = 0;
    bool keeps_alive = false;
    bool is_http10 = false;

    // Keeps memory for names and types of usual lengths.
    void clear();
  };

  [[nodiscard]] size_t take_or_throw(std::string_view bytes);
  // Gives the body's memory back.
  void refuse(int status, std::string reason);
  [[nodiscard]] bool is_head_too_long(size_t taken, size_t waiting);
  void end_head();
  void check_head();
  void drop_body();
  // Whether a body of so many bytes could be taken if it came alone.
  [[nodiscard]] bool may_fit(size_t bytes) const;
  [[nodiscard]] bool append_body(std::string_view bytes);

  const ServerLimits& limits_;
  MemoryRoom& room_;
  State state_ = State::kEmpty;
  Refusal refusal_;
  Head head_;
  size_t head_bytes_ = 0;  // taken so far
  std::string body_;
  size_t room_taken_ = 0;
  std::unique_ptr<Parser> parser_;
};

}  // namespace wordfire::serve
