#include "serve/answer_head.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>

namespace wordfire::serve {

namespace {

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 507:
      return "Insufficient Storage";
    default:
      return "Answer";
  }
}

void append_number(uint64_t number, std::string& out) {
  std::array<char, 20> digits;
  const auto [end, fault] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end);
}

// "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" (RFC 9110, 5.6.7), made once a second on each thread.
std::string_view date_line() {
  thread_local std::time_t made_for = -1;
  thread_local std::array<char, 40> line;
  const std::time_t now = std::time(nullptr);
  if (now != made_for) {
    std::tm parts;
    gmtime_r(&now, &parts);
    // In the C locale, in which programs start: nothing here sets another.
    std::strftime(line.data(), line.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    made_for = now;
  }
  return line.data();
}

}  // namespace

void append_head(const AnswerHead& head, std::string& out) {
  out += "HTTP/1.1 ";
  append_number(static_cast<uint64_t>(head.status), out);
  out += ' ';
  out += reason(head.status);
  out += "\r\n";
  out += date_line();
  if (!head.content_type.empty()) {
    out += "Content-Type: ";
    out += head.content_type;
    out += "\r\n";
  }
  out += "Content-Length: ";
  append_number(head.body_bytes, out);
  out += "\r\n";
  if (!head.allow.empty()) {
    out += "Allow: ";
    out += head.allow;
    out += "\r\n";
  }
  if (head.status == 503) out += "Retry-After: 1\r\n";
  if (head.close) out += "Connection: close\r\n";
  if (head.keep_alive) out += "Connection: keep-alive\r\n";
  out += "\r\n";
}

}  // namespace wordfire::serve
