#include "serve/http_exchange.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "serve/answer_head.h"
#include "serve/server_paths.h"

namespace wordfire::serve {

namespace {

// What may be made of a body on the way to an answer: up to 14 times its size, if it is JSON with
// an instance of one letter after the other. So that each may be answered if it comes alone, none
// counts more than half of what the body has left of the room.
size_t working_memory(const RequestReader& request, const MemoryRoom& room) {
  constexpr size_t kTimes = 14;
  const size_t most = (room.size() - request.room_taken()) / 2;
  return std::min(kTimes * request.body().size(), most);
}

// Room for the work on a request, while it lasts. A small one is never refused, as the threads
// bound their number; but large ones find less room beside it.
class WorkRoom {
 public:
  WorkRoom(const RequestReader& request, MemoryRoom& room)
      : room_(room), bytes_(working_memory(request, room)) {
    if (bytes_ == 0) return;
    if (request.body().size() <= MemoryRoom::kSmall) {
      room_.take_anyway(bytes_);
    } else {
      is_there_ = room_.take(bytes_);
    }
  }
  WorkRoom(const WorkRoom&) = delete;
  WorkRoom& operator=(const WorkRoom&) = delete;
  ~WorkRoom() {
    if (is_there_ && bytes_ > 0) room_.give_back(bytes_);
  }
  [[nodiscard]] bool is_there() const { return is_there_; }

 private:
  MemoryRoom& room_;
  const size_t bytes_;
  bool is_there_ = true;
};

Answer no_room() noexcept {
  try {
    return refusal(503, "too many large requests are being answered; try again");
  } catch (const std::exception&) {  // not even for this text
    return {503, {}, {}};
  }
}

}  // namespace

HttpExchange::HttpExchange(ServerParts& parts, int socket)
    : parts_(parts), socket_(socket), request_(parts.limits, parts.room) {}

HttpExchange::~HttpExchange() { forget_answer(); }

bool HttpExchange::is_wanted() {
  route_ = route_of(parts_.service, request_.path());
  return lists_method(route_.methods, request_.method());
}

void HttpExchange::begin_answer() {
  arrived_ = Clock::now();
  if (request_.has_head()) route_ = route_of(parts_.service, request_.path());
  const bool whole = request_.state() == RequestReader::State::kWhole;
  is_last_ = !whole || !request_.keeps_alive() || parts_.draining;
}

HttpExchange::Clock::time_point HttpExchange::deadline() const {
  return arrived_ + parts_.limits.handler;
}

Call HttpExchange::call() const {
  return {request_.method(),
          request_.path(),
          request_.query(),
          {.content_type = request_.content_type(),
           .accept = request_.accept(),
           .body = request_.body(),
           .deadline = deadline()}};
}

Answer HttpExchange::compute(int worker) const noexcept {
  const WorkRoom room(request_, parts_.room);
  if (room.is_there()) return parts_.service.answer(call(), worker);
  parts_.metrics.refused(Refusal::kMemory);
  return no_room();
}

Answer HttpExchange::with_room(Answer answer) {
  const size_t bytes = answer.body.size();
  if (bytes <= MemoryRoom::kSmall) return answer;
  if (!parts_.room.take(bytes)) {
    parts_.metrics.refused(Refusal::kMemory);
    if (bytes > parts_.room.size() - request_.room_taken())
      return refusal(413, "the body and its answer are too long together; send less at once");
    return refusal(503, "too many long answers wait for their clients; try again");
  }
  room_taken_ = bytes;
  return answer;
}

void HttpExchange::forget_answer() noexcept {
  writer_.end();
  if (room_taken_ > 0) parts_.room.give_back(room_taken_);
  room_taken_ = 0;
}

bool HttpExchange::send(Answer wanted) {
  Answer answer = with_room(std::move(wanted));
  parts_.metrics.answered(route_.endpoint, answer.status, Clock::now() - arrived_);
  const AnswerHead head{.status = answer.status,
                        .content_type = answer.content_type,
                        .body_bytes = answer.body.size(),
                        .close = is_last_,
                        .keep_alive = !is_last_ && request_.is_http10(),
                        .allow = answer.status == 405 ? route_.methods : std::string_view()};
  writer_.begin(head, std::move(answer.body), request_.method() != "HEAD");
  return send_rest();
}

bool HttpExchange::send_rest() {
  const size_t before = writer_.sent();
  const AnswerWriter::Progress progress = writer_.send(socket_);
  parts_.metrics.sent(writer_.sent() - before);
  if (progress == AnswerWriter::Progress::kClientGone) is_last_ = true;
  return progress != AnswerWriter::Progress::kPart;
}

void HttpExchange::drop_answer() noexcept {
  forget_answer();
  is_last_ = true;
}

void HttpExchange::linger(bool is_read) {
  forget_answer();
  if (!is_read) request_.begin();
}

void HttpExchange::end() {
  forget_answer();
  request_.begin();
  route_ = {};
}

}  // namespace wordfire::serve
