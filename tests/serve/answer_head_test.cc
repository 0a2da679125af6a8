#include "serve/answer_head.h"

#include <gtest/gtest.h>

#include <regex>

namespace wordfire::serve {
namespace {

std::string head_of(const AnswerHead& head) {
  std::string out;
  append_head(head, out);
  return std::regex_replace(out, std::regex("Date: [^\r]*\r\n"), "");
}

TEST(AnswerHead, SaysWhatFollows) {
  EXPECT_EQ(head_of({.content_type = "text/csv", .body_bytes = 18}),
            "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 18\r\n\r\n");
  EXPECT_EQ(head_of({}), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST(AnswerHead, HasADate) {
  std::string out;
  append_head({}, out);
  const std::regex date(
      "\r\nDate: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d [A-Z][a-z][a-z] \\d{4} "
      "\\d\\d:\\d\\d:\\d\\d GMT\r\n");
  EXPECT_TRUE(std::regex_search(out, date)) << out;
}

TEST(AnswerHead, SaysWhenToComeAgain) {
  EXPECT_EQ(head_of({.status = 503}),
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n\r\n");
}

TEST(AnswerHead, SaysWhichMethodsThereAre) {
  EXPECT_EQ(head_of({.status = 405, .allow = "GET, HEAD"}),
            "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nAllow: GET, HEAD\r\n\r\n");
}

TEST(AnswerHead, SaysHowTheConnectionGoesOn) {
  EXPECT_EQ(head_of({.close = true}),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(head_of({.keep_alive = true}),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
}

TEST(AnswerHead, EveryStatusHasALine) {
  for (const int status : {200, 400, 404, 405, 406, 408, 409, 413, 415, 417, 431, 500, 503, 507})
    EXPECT_EQ(head_of({.status = status}).find("Answer"), std::string::npos) << status;
  EXPECT_EQ(head_of({.status = 299}).substr(0, 21), "HTTP/1.1 299 Answer\r\n");
}

}  // namespace
}  // namespace wordfire::serve
