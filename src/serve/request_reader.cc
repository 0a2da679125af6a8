#include "serve/request_reader.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <new>
#include <utility>

namespace wordfire::serve {

namespace http = boost::beast::http;
namespace beast = boost::beast;

namespace {

// The memory of bodies up to here is kept for the next request.
constexpr size_t kSmallBody = MemoryRoom::kSmall;
// So is that of each text of a head up to here.
constexpr size_t kUsualText = 1024;

constexpr std::string_view kScheme = "http://";

// As a proxy is asked (RFC 9112, 3.2.2).
bool is_absolute(std::string_view target) {
  return beast::iequals(target.substr(0, kScheme.size()), kScheme);
}

// False for an absolute target whose host is empty: "http:///ping", "http://user@:80/ping".
bool names_host(std::string_view target) {
  if (!is_absolute(target)) return true;
  target.remove_prefix(kScheme.size());
  target = target.substr(0, target.find_first_of("/?#"));
  target.remove_prefix(target.rfind('@') + 1);  // npos + 1 is 0
  return !target.empty() && target.front() != ':';
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// Several headers of one name are one list (RFC 9110, 5.2).
void join(std::string& list, beast::string_view value) {
  if (!list.empty()) list += ',';
  list.append(value.data(), value.size());
}

}  // namespace

// Hands the parts of a request over as Beast finds them.
class RequestReader::Parser final : public http::basic_parser<true> {
 public:
  explicit Parser(RequestReader& reader) : reader_(reader) {
    header_limit(static_cast<std::uint32_t>(reader.limits_.header_bytes));
    body_limit(reader.limits_.body_bytes);
  }

 private:
  using Code = beast::error_code;

  void on_request_impl(http::verb, beast::string_view method, beast::string_view target,
                       int version, Code&) override {
    reader_.head_.method.assign(method.data(), method.size());
    reader_.head_.target.assign(target.data(), target.size());
    reader_.head_.is_http10 = version == 10;
  }
  void on_field_impl(http::field name, beast::string_view, beast::string_view value,
                     Code&) override {
    Head& head = reader_.head_;
    if (is_header_done()) return;  // a trailer
    if (name == http::field::content_type) join(head.content_type, value);
    if (name == http::field::accept) join(head.accept, value);
    if (name == http::field::content_encoding) join(head.content_encoding, value);
    if (name == http::field::transfer_encoding) join(head.transfer_encoding, value);
    if (name == http::field::expect) join(head.expect, value);
    if (name == http::field::host) ++head.hosts;
  }
  void on_header_impl(Code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
  std::size_t on_body_impl(beast::string_view bytes, Code& fault) override {
    if (!reader_.may_fit(reader_.body_.size() + bytes.size())) {
      fault = http::error::body_limit;
    } else if (!reader_.append_body(view(bytes))) {
      fault = http::error::buffer_overflow;
    }
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, Code& fault) override {
    return on_body_impl(bytes, fault);
  }
  void on_finish_impl(Code&) override {}
  void on_response_impl(int, beast::string_view, int, Code&) override {}

  RequestReader& reader_;
};

void RequestReader::Head::clear() {
  for (std::string* const text :
       {&method, &target, &content_type, &accept, &content_encoding, &transfer_encoding, &expect}) {
    if (text->capacity() > kUsualText) std::string().swap(*text);
    text->clear();
  }
  content_length = 0;
  hosts = 0;
  keeps_alive = is_http10 = false;
}

RequestReader::RequestReader(const ServerLimits& limits, MemoryRoom& room)
    : limits_(limits), room_(room), parser_(std::make_unique<Parser>(*this)) {}

RequestReader::~RequestReader() { room_.give_back(room_taken_); }

void RequestReader::begin() {
  state_ = State::kEmpty;
  head_.clear();
  head_bytes_ = 0;
  body_.clear();
  if (room_taken_ > 0) drop_body();
  // Beast's parsers read one message; in the same memory a new one costs nothing.
  parser_->~Parser();
  new (parser_.get()) Parser(*this);
}

void RequestReader::drop_body() {
  std::string().swap(body_);  // an empty string assigned would leave it its memory
  room_.give_back(room_taken_);
  room_taken_ = 0;
}

size_t RequestReader::take(std::string_view bytes) {
  try {
    return take_or_throw(bytes);
  } catch (const std::bad_alloc&) {
    refuse(507, "out of memory");
    return bytes.size();
  }
}

size_t RequestReader::take_or_throw(std::string_view bytes) {
  if (state_ == State::kEmpty) {  // an empty line in front is to be passed over (RFC 9112, 2.2)
    if (bytes.starts_with("\r\n")) return 2;
    if (bytes.empty() || bytes == "\r") return 0;
    state_ = State::kHead;
  }
  const bool in_head = !parser_->is_header_done();
  parser_->eager(!in_head);
  beast::error_code fault;
  const size_t taken = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), fault);
  if ((in_head && is_head_too_long(taken, bytes.size() - taken)) ||
      fault == http::error::header_limit) {
    refuse(431, "the headers are too long");
  } else if (fault == http::error::need_more) {
    if (!in_head && taken == 0 && bytes.size() >= limits_.header_bytes)
      refuse(400, "a chunk's head is too long");
  } else if (fault == http::error::body_limit) {
    refuse(413, "the body is too long");
  } else if (fault == http::error::buffer_overflow) {
    refuse(503, "the bodies of all requests together are too long; try again");
  } else if (fault) {
    refuse(400, "this is no request of HTTP/1.1");
  } else if (in_head) {
    end_head();
  }
  if (state_ == State::kBody && parser_->is_done()) state_ = State::kWhole;
  return taken;
}

// Beast holds each call's bytes alone against the limit; a head comes in any number of calls. What
// waits behind a head that is done is not of it.
bool RequestReader::is_head_too_long(size_t taken, size_t waiting) {
  head_bytes_ += taken;
  return parser_->is_header_done() ? head_bytes_ > limits_.header_bytes
                                   : head_bytes_ + waiting >= limits_.header_bytes;
}

void RequestReader::end_head() {
  head_.keeps_alive = parser_->keep_alive();
  state_ = State::kBody;
  head_.content_length = parser_->content_length().value_or(0);
  check_head();
  if (state_ == State::kBody) body_.reserve(std::min(head_.content_length, kSmallBody));
}

// What the parser lets pass, and the grammar of HTTP does not allow or this server does not do.
void RequestReader::check_head() {
  const auto is_other_than = [](const std::string& value, const char* known) {
    return !value.empty() && !beast::iequals(value, known);
  };
  if (head_.hosts > 1 || (head_.hosts == 0 && !head_.is_http10))  // RFC 9112, 3.2
    return refuse(400, "Host: want it once");
  if (!names_host(head_.target))  // RFC 9110, 4.2.1
    return refuse(400, "the target has no host, want http://HOST/PATH or /PATH");
  if (head_.target.find('#') != std::string::npos)  // RFC 9112, 3.2
    return refuse(400, "the target has a fragment, want none; a # in a name is %23");
  if (head_.is_http10 && !head_.transfer_encoding.empty())  // RFC 9112, 6.1: its framing is faulty
    return refuse(400, "Transfer-Encoding: want none in HTTP/1.0");
  if (is_other_than(head_.transfer_encoding, "chunked")) {  // RFC 9112, 6.1 and 6.3
    // What is not in chunks at last has an end that cannot be known.
    return refuse(parser_->chunked() ? 501 : 400,
                  "Transfer-Encoding: got \"" + head_.transfer_encoding + "\", want chunked");
  }
  if (is_other_than(head_.expect, "100-continue"))  // RFC 9110, 10.1.1
    return refuse(417, "Expect: got \"" + head_.expect + "\", want 100-continue");
  if (is_other_than(head_.content_encoding, "identity"))  // RFC 9110, 8.4
    return refuse(
        415, "Content-Encoding: got \"" + head_.content_encoding + "\"; send the body as it is");
  if (!may_fit(head_.content_length)) refuse(413, "the body is too long");
}

void RequestReader::refuse(int status, std::string reason) {
  state_ = State::kRefused;
  if (room_taken_ > 0) drop_body();
  refusal_ = {status, std::move(reason)};
}

bool RequestReader::may_fit(size_t bytes) const {
  return bytes <= std::max(kSmallBody, room_.size());
}

// Memory is taken as bytes come, never because a header promises them.
bool RequestReader::append_body(std::string_view bytes) {
  const size_t wanted = body_.size() + bytes.size();
  if (wanted > std::max(kSmallBody, room_taken_)) {
    const size_t capacity =
        std::max(wanted, std::min({2 * body_.size(), limits_.body_bytes, room_.size()}));
    if (!room_.take(capacity - room_taken_)) return false;
    room_taken_ = capacity;  // before reserve() throws, so that it is given back
    body_.reserve(capacity);
  }
  body_.append(bytes);
  return true;
}

std::string_view RequestReader::path() const {
  std::string_view target = head_.target;
  if (is_absolute(target)) {
    target.remove_prefix(std::min(target.find_first_of("/?", kScheme.size()), target.size()));
    if (!target.starts_with('/')) return "/";
  }
  return target.substr(0, target.find('?'));
}

std::string_view RequestReader::query() const {
  const size_t mark = head_.target.find('?');
  return mark == std::string::npos ? std::string_view()
                                   : std::string_view(head_.target).substr(mark + 1);
}

}  // namespace wordfire::serve
