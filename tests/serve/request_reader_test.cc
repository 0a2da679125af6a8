#include "serve/request_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/serve/bytes_in_use.h"

namespace wordfire::serve {
namespace {

using State = RequestReader::State;

// A reader, and the bytes that it has not taken yet, as a connection keeps them.
struct Reading {
  explicit Reading(ServerLimits with = {}, size_t room_bytes = size_t{1} << 20)
      : limits(with), room(room_bytes), reader(limits, room) {}

  State feed(std::string_view bytes) {
    left += bytes;
    while (reader.state() != State::kWhole && reader.state() != State::kRefused) {
      const State before = reader.state();
      const size_t taken = reader.take(left);
      left.erase(0, taken);
      if (taken == 0 && reader.state() == before) break;
      if (left.empty()) break;
    }
    return reader.state();
  }

  ServerLimits limits;
  MemoryRoom room;
  RequestReader reader;
  std::string left;
};

std::string post(std::string_view headers, std::string_view body) {
  return "POST /invocations HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n" +
         std::string(body);
}

int refusal_of(std::string_view request, ServerLimits limits = {}) {
  Reading reading(limits);
  EXPECT_EQ(reading.feed(request), State::kRefused) << request;
  return reading.reader.refusal().status;
}

TEST(RequestReader, ReadsWhatIsWanted) {
  Reading reading;
  ASSERT_EQ(reading.feed("POST /invocations?a=b HTTP/1.1\r\nHost: h\r\ncontent-TYPE: text/csv\r\n"
                         "Accept: a/b\r\nAccept: c/d\r\nContent-Length: 3\r\n\r\nabc"),
            State::kWhole);
  EXPECT_EQ(reading.reader.method(), "POST");
  EXPECT_EQ(reading.reader.path(), "/invocations");
  EXPECT_EQ(reading.reader.query(), "a=b");
  EXPECT_EQ(reading.reader.content_type(), "text/csv");
  EXPECT_EQ(reading.reader.accept(), "a/b,c/d");
  EXPECT_EQ(reading.reader.body(), "abc");
  EXPECT_TRUE(reading.reader.keeps_alive());
}

TEST(RequestReader, PiecesMakeTheSameRequest) {
  const std::string request = post("Transfer-Encoding: chunked\r\n",
                                   "3;x=y\r\nabc\r\n1\r\nd\r\n0\r\nContent-Type: late\r\n\r\n");
  for (const size_t portion : {size_t{1}, size_t{2}, size_t{7}, request.size()}) {
    Reading reading;
    for (size_t at = 0; at < request.size(); at += portion)
      reading.feed(request.substr(at, portion));
    ASSERT_EQ(reading.reader.state(), State::kWhole) << portion;
    EXPECT_EQ(reading.reader.body(), "abcd");
    EXPECT_EQ(reading.reader.content_type(), "");
    EXPECT_EQ(reading.left, "");
  }
}

TEST(RequestReader, RequestsBehindEachOtherAreReadOneByOne) {
  Reading reading;
  ASSERT_EQ(reading.feed(post("Content-Length: 1\r\n", "a") +
                         "\r\nGET /ping HTTP/1.1\r\nHost: h\r\n\r\n"),
            State::kWhole);
  EXPECT_EQ(reading.reader.body(), "a");
  reading.reader.begin();
  ASSERT_EQ(reading.feed(""), State::kWhole);
  EXPECT_EQ(reading.reader.path(), "/ping");
  EXPECT_EQ(reading.reader.body(), "");
  EXPECT_EQ(reading.reader.content_type(), "");
}

TEST(RequestReader, ADeclaredBodyIsRefusedBeforeItComes) {
  ServerLimits limits;
  limits.body_bytes = 100;
  EXPECT_EQ(refusal_of(post("Content-Length: 101\r\n", ""), limits), 413);
  EXPECT_EQ(refusal_of(post("Content-Length: 18446744073709551615\r\n", ""), limits), 413);
  Reading reading(limits);
  EXPECT_EQ(reading.feed(post("Content-Length: 100\r\n", std::string(100, 'x'))), State::kWhole);
}

TEST(RequestReader, ChunksAreCountedTogether) {
  ServerLimits limits;
  limits.body_bytes = 5;
  const std::string_view chunked = "Transfer-Encoding: chunked\r\n";
  EXPECT_EQ(refusal_of(post(chunked, "3\r\nabc\r\n3\r\n"), limits), 413);
  EXPECT_EQ(refusal_of(post(chunked, "fffffffffffffff0\r\n"), limits), 413);
}

TEST(RequestReader, LongHeadersAreRefused) {
  ServerLimits limits;
  limits.header_bytes = 1000;
  EXPECT_EQ(refusal_of(post("A: " + std::string(1000, 'a') + "\r\n", ""), limits), 431);
  EXPECT_EQ(refusal_of("GET /" + std::string(1000, 'a'), limits), 431);
  EXPECT_EQ(refusal_of(std::string(1000, 'G'), limits), 431);
}

// Each segment ends within the name of the next header, so that all in front of it is taken.
TEST(RequestReader, LongHeadersInShortSegmentsAreRefused) {
  ServerLimits limits;
  limits.header_bytes = 1000;
  Reading reading(limits);
  ASSERT_EQ(reading.feed("GET / HTTP/1.1\r\nHost: h\r\nAc"), State::kHead);
  size_t bytes = 27;
  while (reading.feed("cept: " + std::string(90, 'a') + "\r\nAc") == State::kHead && bytes < 5000)
    bytes += 100;
  EXPECT_EQ(reading.reader.state(), State::kRefused);
  EXPECT_EQ(reading.reader.refusal().status, 431);
  EXPECT_LT(bytes, 1000u);
}

TEST(RequestReader, EachHeadIsCountedAlone) {
  ServerLimits limits;
  limits.header_bytes = 100;
  Reading reading(limits);
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(reading.feed("GET / HTTP/1.1\r\nHost: h\r\nAc"), State::kHead);
    ASSERT_EQ(reading.feed("cept: */*\r\nContent-Length: 200\r\n\r\n" + std::string(200, 'x')),
              State::kWhole);
    reading.reader.begin();
  }
}

TEST(RequestReader, AnEndlessChunkHeadIsRefused) {
  ServerLimits limits;
  limits.header_bytes = 1000;
  EXPECT_EQ(
      refusal_of(post("Transfer-Encoding: chunked\r\n", "3;" + std::string(1000, 'x')), limits),
      400);
}

TEST(RequestReader, ContradictionsAreRefused) {
  for (const std::string_view headers :
       {"Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: -1\r\n",
        "Content-Length: 1x\r\n", "Content-Length: 18446744073709551616\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked, gzip\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Bad Name: 1\r\n",
        "\x01: 1\r\n", "Connection: ,;\r\n"}) {
    EXPECT_EQ(refusal_of(post(headers, "")), 400) << headers;
  }
}

TEST(RequestReader, ARequestNamesOneHost) {
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(Reading().feed("GET / HTTP/1.0\r\n\r\n"), State::kWhole);
  EXPECT_EQ(Reading().feed("GET / HTTP/1.1\r\nHost:\r\n\r\n"), State::kWhole);
}

// RFC 9112, 6.1: what stands between may have taken its end for another.
TEST(RequestReader, OldRequestsHaveNoChunks) {
  for (const char* const headers : {"", "Host: h\r\n", "Connection: keep-alive\r\n"}) {
    EXPECT_EQ(refusal_of("POST /invocations HTTP/1.0\r\n" + std::string(headers) +
                         "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
              400);
  }
}

TEST(RequestReader, BodiesAreTakenAsTheyAre) {
  EXPECT_EQ(refusal_of(post("Content-Encoding: gzip\r\nContent-Length: 1\r\n", "")), 415);
  EXPECT_EQ(refusal_of(post("Transfer-Encoding: gzip, chunked\r\n", "")), 501);
  Reading reading;
  reading.feed(post("Content-Encoding: br\r\n", ""));
  EXPECT_NE(reading.reader.refusal().reason.find("\"br\""), std::string::npos);
  EXPECT_EQ(Reading().feed(post("Content-Encoding: identity\r\nContent-Length: 1\r\n", "a")),
            State::kWhole);
}

TEST(RequestReader, OnlyTheKnownExpectationIsMet) {
  EXPECT_EQ(refusal_of(post("Expect: magic\r\n", "")), 417);
  EXPECT_EQ(refusal_of(post("Expect: 100-continue\r\nExpect: magic\r\n", "")), 417);
  Reading reading;
  EXPECT_EQ(reading.feed(post("Expect: 100-Continue\r\nContent-Length: 1\r\n", "")), State::kBody);
  EXPECT_TRUE(reading.reader.awaits_continue());
}

TEST(RequestReader, WhatIsNoRequestIsRefused) {
  for (const std::string_view bytes :
       {"HELLO\r\n\r\n", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
        "GET / HTTP/0.9\r\n\r\n", "\x16\x03\x01\x02", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n"}) {
    EXPECT_EQ(refusal_of(std::string(bytes) + "\r\n\r\n"), 400) << bytes;
  }
}

TEST(RequestReader, AllBodiesTogetherHaveALimit) {
  const size_t large = size_t{200} << 10;
  Reading first({}, size_t{300} << 10);
  first.feed(post("Content-Length: 204800\r\n", std::string(large - 1, 'x')));
  RequestReader second(first.limits, first.room);
  const std::string request = post("Content-Length: 204800\r\n", std::string(large, 'x'));
  const size_t head = second.take(request);
  second.take(std::string_view(request).substr(head));
  EXPECT_EQ(second.state(), State::kRefused);
  EXPECT_EQ(second.refusal().status, 503);
}

TEST(RequestReader, ABodyThatCanNeverFitIsTooLong) {
  constexpr size_t kRoom = size_t{100} << 10;
  Reading declared({}, kRoom);
  EXPECT_EQ(declared.feed(post("Content-Length: 204800\r\n", "")), State::kRefused);
  EXPECT_EQ(declared.reader.refusal().status, 413);
  Reading chunked({}, kRoom);
  chunked.feed(post("Transfer-Encoding: chunked\r\n", "32000\r\n"));
  EXPECT_EQ(chunked.feed(std::string(204800, 'x')), State::kRefused);
  EXPECT_EQ(chunked.reader.refusal().status, 413);
}

TEST(RequestReader, ABodyMayTakeTheWholeRoom) {
  Reading reading({}, size_t{100} << 10);
  reading.feed(post("Content-Length: 102400\r\n", ""));
  for (int i = 0; i < 100; ++i) reading.feed(std::string(1024, 'x'));
  EXPECT_EQ(reading.reader.state(), State::kWhole);
}

TEST(RequestReader, ARefusedBodyLeavesItsRoom) {
  Reading reading({}, size_t{300} << 10);
  reading.feed(post("Transfer-Encoding: chunked\r\n", "32000\r\n"));
  reading.feed(std::string(204800, 'x'));
  ASSERT_GT(reading.reader.room_taken(), 0u);
  ASSERT_EQ(reading.feed("no end of a chunk"), State::kRefused);
  EXPECT_TRUE(reading.room.take(size_t{300} << 10));
}

TEST(RequestReader, RoomIsGivenBack) {
  MemoryRoom room(size_t{300} << 10);
  const ServerLimits limits;
  const std::string request = post("Content-Length: 204800\r\n", std::string(204800, 'x'));
  for (int i = 0; i < 5; ++i) {
    RequestReader reader(limits, room);
    for (int again = 0; again < 3; ++again) {
      const size_t head = reader.take(request);
      reader.take(std::string_view(request).substr(head));
      ASSERT_EQ(reader.state(), State::kWhole);
      reader.begin();
    }
  }
  EXPECT_TRUE(room.take(size_t{300} << 10));
}

TEST(RequestReader, MemoryOfALargeBodyIsGivenBack) {
  constexpr size_t kLarge = size_t{8} << 20;
  Reading reading({}, 2 * kLarge);
  const size_t before = bytes_in_use();
  reading.feed(post("Content-Length: " + std::to_string(kLarge) + "\r\n", ""));
  const std::string portion(kLarge / 8, 'x');
  for (int i = 0; i < 8; ++i) reading.feed(portion);
  ASSERT_EQ(reading.reader.state(), State::kWhole);
  reading.reader.begin();
  EXPECT_LT(bytes_in_use(), before + kLarge / 2);
}

TEST(RequestReader, TheEndOfAConnectionIsTold) {
  Reading old;
  old.feed("GET /ping HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(old.reader.is_http10());
  EXPECT_FALSE(old.reader.keeps_alive());
  Reading last;
  last.feed("GET /ping HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_FALSE(last.reader.keeps_alive());
}

TEST(RequestReader, ThePathOfAnAbsoluteTargetIsItsEnd) {
  for (const auto& [target, path] :
       std::vector<std::pair<std::string, std::string>>{{"http://host:80/ping?x=/y", "/ping"},
                                                        {"HTTP://host/ping", "/ping"},
                                                        {"http://host", "/"},
                                                        {"http://host?x=/ping", "/"},
                                                        {"*", "*"}}) {
    Reading reading;
    reading.feed("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(reading.reader.path(), path);
  }
}

TEST(RequestReader, ATargetHasAHostAndNoFragment) {
  const auto ask = [](const std::string& target) {
    return refusal_of("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
  };
  for (const char* const target : {"http:///ping", "http://", "http://?x", "http://:80/ping",
                                   "http://user@/ping", "http://h#/ping", "/ping#x", "HTTP://#"}) {
    EXPECT_EQ(ask(target), 400) << target;
  }
  EXPECT_EQ(Reading().feed("GET /models/a%23b?x=http:/// HTTP/1.1\r\nHost: h\r\n\r\n"),
            State::kWhole);
}

}  // namespace
}  // namespace wordfire::serve
