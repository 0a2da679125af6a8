#include "serve/http_server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "core/error.h"
#include "tests/serve/running_server.h"

namespace wordfire::serve {
namespace {

TEST(HttpServer, AnswersOverOneConnectionAgainAndAgain) {
  const Serving serving;
  RawClient client = serving.client();
  for (const std::string body : {"", "a", "bc"}) {
    const RawAnswer answer = client.ask(post("/echo", body));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, body);
  }
}

TEST(HttpServer, RequestsInOneGoAreAnsweredInTheirOrder) {
  const Serving serving([](ServerSettings& settings) { settings.workers = 3; });
  RawClient client = serving.client();
  std::string requests;
  for (int i = 0; i < 300; ++i)
    requests += i % 3 == 0 ? std::string(kPing) : post("/echo", std::to_string(i));
  client.send(requests);
  for (int i = 0; i < 300; ++i) ASSERT_EQ(client.read().body, i % 3 == 0 ? "" : std::to_string(i));
}

TEST(HttpServer, BytesOneByOneMakeARequest) {
  const Serving serving;
  RawClient client = serving.client();
  for (const char byte : post("/echo", "slow")) client.send({&byte, 1});
  EXPECT_EQ(client.read().body, "slow");
}

TEST(HttpServer, PingTellsWhetherItIsReady) {
  Serving serving;
  serving.paths.is_ready = false;
  RawClient client = serving.client();
  EXPECT_EQ(client.ask(kPing).status, 503);
  serving.paths.is_ready = true;
  const RawAnswer answer = client.ask(kPing);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
}

TEST(HttpServer, PingIsAnsweredWhileAllWorkersAreBusy) {
  Serving serving;
  RawClient busy = serving.client();
  busy.send(post("/wait", "done"));
  serving.await_work(1);
  EXPECT_EQ(serving.client().ask(kPing).status, 200);
  serving.paths.let_go = true;
  EXPECT_EQ(busy.read().body, "done");
}

TEST(HttpServer, CallsThatTakeLongHoldUpNoOthers) {
  Serving serving([](ServerSettings& settings) { settings.slow_workers = 1; });
  RawClient slow = serving.client();
  RawClient slower = serving.client();
  slow.send(post("/wait", "first"));
  serving.await_work(1);
  slower.send(post("/wait", "second"));
  EXPECT_TRUE(serving.comes_to_count("wordfire_queue_length 1"));
  EXPECT_EQ(serving.client().ask(post("/echo", "quick")).body, "quick");
  serving.paths.let_go = true;
  EXPECT_EQ(slow.read().body, "first");
  EXPECT_EQ(slower.read().body, "second");
  EXPECT_EQ(serving.paths.slow_worker, 1);
}

TEST(HttpServer, MetricsAreThere) {
  const Serving serving;
  RawClient client = serving.client();
  client.ask(kPing);
  const RawAnswer answer = client.ask("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(answer.has("Content-Type: text/plain; version=0.0.4"));
  EXPECT_NE(answer.body.find("wordfire_requests_total{code=\"200\",endpoint=\"/ping\"} 1\n"),
            std::string::npos);
  EXPECT_NE(answer.body.find("wordfire_connections 1\n"), std::string::npos);
}

TEST(HttpServer, UnknownPathsAndMethodsAreRefused) {
  const Serving serving;
  RawClient client = serving.client();
  EXPECT_EQ(client.ask("GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n").status, 404);
  const RawAnswer answer = client.ask("DELETE /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer.status, 405);
  EXPECT_TRUE(answer.has("Allow: GET, HEAD"));
  EXPECT_EQ(client.ask("PO /echo HTTP/1.1\r\nHost: h\r\n\r\n").status, 405);
  EXPECT_EQ(client.ask(kPing).status, 200);
}

TEST(HttpServer, HeadHasNoBody) {
  const Serving serving;
  RawClient client = serving.client();
  client.send("HEAD /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_GT(client.read(false).head.size(), 0u);
  EXPECT_EQ(client.ask(kPing).status, 200);
}

TEST(HttpServer, ARefusalReachesAClientThatIsStillSending) {
  const Serving serving([](ServerSettings& settings) { settings.limits.body_bytes = 1000; });
  RawClient client = serving.client();
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n");
  client.send(std::string(5000000, 'x'));
  const RawAnswer answer = client.read();
  EXPECT_EQ(answer.status, 413);
  EXPECT_TRUE(answer.has("Connection: close"));
}

TEST(HttpServer, ABodyThatNobodyWantsIsNotAskedFor) {
  const Serving serving;
  RawClient client = serving.client();
  EXPECT_EQ(client
                .ask("POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n"
                     "Expect: 100-continue\r\n\r\n")
                .status,
            404);
}

TEST(HttpServer, AClientThatAsksFirstIsToldToGoOn) {
  const Serving serving;
  RawClient client = serving.client();
  client.send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read(false).status, 100);
  EXPECT_EQ(client.ask("ok").body, "ok");
}

TEST(HttpServer, ABrokenRequestEndsTheConnection) {
  const Serving serving;
  RawClient client = serving.client();
  EXPECT_EQ(client.ask("nonsense\r\n\r\n").status, 400);
  EXPECT_TRUE(client.ends());
}

TEST(HttpServer, AnOldClientWithChunksIsRefusedAndLeft) {
  const Serving serving;
  RawClient client = serving.client();
  EXPECT_EQ(client
                .ask("POST /echo HTTP/1.0\r\nConnection: keep-alive\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n")
                .status,
            400);
  EXPECT_TRUE(client.ends());
}

TEST(HttpServer, OldClientsAreServed) {
  const Serving serving;
  RawClient once = serving.client();
  EXPECT_TRUE(once.ask("GET /ping HTTP/1.0\r\n\r\n").has("Connection: close"));
  EXPECT_TRUE(once.ends());
  RawClient again = serving.client();
  const std::string request = "GET /ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_TRUE(again.ask(request).has("Connection: keep-alive"));
  EXPECT_EQ(again.ask(request).status, 200);
}

TEST(HttpServer, AClientThatSendsNoMoreGetsItsAnswer) {
  const Serving serving;
  RawClient client = serving.client();
  client.send(post("/echo", "last"));
  client.send_no_more();
  EXPECT_EQ(client.read().body, "last");
  EXPECT_TRUE(client.ends());
}

TEST(HttpServer, ALongAnswerGoesToASlowReaderAsAWhole) {
  const Serving serving;
  RawClient client(serving.port(), 4096);
  client.send(post("/large", "") + post("/echo", "behind"));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(client.read().body.size(), size_t{1} << 24);
  EXPECT_EQ(client.read().body, "behind");
}

TEST(HttpServer, SlowHeadersAndBodiesAreRefused) {
  const Serving serving([](ServerSettings& settings) {
    settings.limits.header = milliseconds(100);
    settings.limits.body = milliseconds(100);
  });
  RawClient silent = serving.client();
  RawClient head = serving.client();
  RawClient body = serving.client();
  head.send("GET /ping HT");
  body.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nx");
  EXPECT_EQ(head.read().status, 408);
  EXPECT_EQ(body.read().status, 408);
  EXPECT_TRUE(silent.ends());
}

TEST(HttpServer, IdleConnectionsAreClosed) {
  const Serving serving([](ServerSettings& settings) { settings.limits.idle = milliseconds(100); });
  RawClient client = serving.client();
  EXPECT_EQ(client.ask(kPing).status, 200);
  EXPECT_TRUE(client.ends());
}

TEST(HttpServer, AClientThatDoesNotReadIsLeft) {
  const Serving serving(
      [](ServerSettings& settings) { settings.limits.write = milliseconds(100); });
  RawClient client(serving.port(), 4096);
  client.send(post("/large", ""));
  EXPECT_TRUE(serving.comes_to_count("wordfire_refused_total{limit=\"slow\"} 1"));
}

TEST(HttpServer, AnAnswerThatTakesTooLongIsGivenUp) {
  Serving serving([](ServerSettings& settings) { settings.limits.handler = milliseconds(100); });
  RawClient client = serving.client();
  EXPECT_EQ(client.ask(post("/wait", "")).status, 503);
  EXPECT_TRUE(client.ends());
  serving.paths.let_go = true;
  EXPECT_EQ(serving.client().ask(post("/echo", "next")).body, "next");
}

TEST(HttpServer, RequestsBeyondTheQueueAreToldToComeAgain) {
  Serving serving([](ServerSettings& settings) { settings.limits.queue = 1; });
  RawClient first = serving.client();
  first.send(post("/wait", "1"));
  serving.await_work(1);
  RawClient second = serving.client();
  second.send(post("/echo", "2"));
  ASSERT_TRUE(serving.comes_to_count("wordfire_queue_length 1"));
  const RawAnswer third = serving.client().ask(post("/echo", "3"));
  EXPECT_EQ(third.status, 503);
  EXPECT_TRUE(third.has("Retry-After: 1"));
  serving.paths.let_go = true;
  EXPECT_EQ(first.read().body, "1");
  EXPECT_EQ(second.read().body, "2");
}

TEST(HttpServer, ASilentConnectionMakesRoomForAnother) {
  const Serving serving([](ServerSettings& settings) { settings.limits.connections = 2; });
  RawClient oldest = serving.client();
  EXPECT_EQ(oldest.ask(kPing).status, 200);
  RawClient second = serving.client();
  EXPECT_EQ(second.ask(kPing).status, 200);
  std::this_thread::sleep_for(milliseconds(50));  // both are silent now
  RawClient third = serving.client();
  EXPECT_EQ(third.ask(kPing).status, 200);
  EXPECT_TRUE(oldest.ends());
  EXPECT_EQ(second.ask(kPing).status, 200);
}

TEST(HttpServer, StoppingWaitsForAnswers) {
  Serving serving;
  RawClient client = serving.client();
  client.send(post("/wait", "answer"));
  serving.await_work(1);
  serving.request_stop();
  std::this_thread::sleep_for(milliseconds(50));
  serving.paths.let_go = true;
  const RawAnswer answer = client.read();
  EXPECT_EQ(answer.body, "answer");
  EXPECT_TRUE(answer.has("Connection: close"));
  EXPECT_TRUE(serving.stop());
}

TEST(HttpServer, AStoppedServerTakesNoConnection) {
  Serving serving;
  EXPECT_TRUE(serving.stop());
  EXPECT_ANY_THROW(RawClient(serving.port()));
}

TEST(HttpServer, StoppingGivesUpWhatTakesTooLong) {
  Serving serving([](ServerSettings& settings) { settings.limits.drain = seconds(2); });
  RawClient client = serving.client();
  client.send(post("/wait", ""));
  serving.await_work(1);
  const auto begun = Clock::now();
  EXPECT_FALSE(serving.stop());
  EXPECT_LT(Clock::now() - begun, seconds(2));
  EXPECT_EQ(client.read().status, 503);
  serving.paths.let_go = true;
  serving.await_workers();  // they still look at `serving`
}

TEST(HttpServer, APortThatIsTakenIsAnError) {
  const Serving serving;
  ServerSettings settings = quick_settings();
  settings.port = serving.port();
  Paths paths;
  Metrics metrics;
  EXPECT_THROW(HttpServer(paths, metrics, settings, [](std::string_view) {}), Error);
  settings.address = "localhost";
  EXPECT_THROW(HttpServer(paths, metrics, settings, [](std::string_view) {}), Error);
}

}  // namespace
}  // namespace wordfire::serve
