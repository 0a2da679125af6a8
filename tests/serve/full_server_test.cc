#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/serve/running_server.h"

namespace wordfire::serve {
namespace {

// A server that has fewer connections than clients, which come again and again for some time.
class FullServer : public ::testing::Test {
 protected:
  FullServer()
      : serving_([](ServerSettings& settings) {
          settings.workers = 2;
          settings.limits.connections = 2;
        }) {}

  // Five at once. ask(client): whether it wants to go on over this connection.
  void run_clients(const std::function<bool(RawClient&)>& ask) {
    const auto end = Clock::now() + seconds(3);
    std::vector<std::thread> clients;
    for (int i = 0; i < 5; ++i) {
      clients.emplace_back([&] {
        while (Clock::now() < end) {
          RawClient client = serving_.client();
          while (Clock::now() < end && ask(client)) ++answers_;
        }
      });
    }
    for (std::thread& client : clients) client.join();
  }
  void expect_all_is_well() {
    EXPECT_GT(answers_, 100);
    EXPECT_TRUE(serving_.comes_to_count("wordfire_connections 1"));
    EXPECT_EQ(serving_.client().ask(post("/echo", "well")).body, "well");
  }

  Serving serving_;
  std::atomic<int> answers_ = 0;
  std::atomic<int> wrong_ = 0;
};

TEST_F(FullServer, BusyClientsGetTheirOwnAnswersOrNone) {
  std::atomic<int> number = 0;
  run_clients([&](RawClient& client) {
    const std::string body = std::to_string(++number);
    const RawAnswer answer = client.ask(post("/echo", body));
    if (answer.status == 200 && answer.body != body) ++wrong_;
    return answer.status == 200;
  });
  EXPECT_EQ(wrong_, 0);
  expect_all_is_well();
}

TEST_F(FullServer, RequestsInOneGoAreAnsweredInTheirOrderOrNotAtAll) {
  run_clients([&](RawClient& client) {
    std::string requests;
    for (int i = 0; i < 20; ++i) requests += post("/echo", std::to_string(i));
    client.send(requests);
    for (int i = 0; i < 20; ++i) {
      const RawAnswer answer = client.read();
      if (answer.status != 200) return false;
      if (answer.body != std::to_string(i)) ++wrong_;
    }
    return true;
  });
  EXPECT_EQ(wrong_, 0);
  expect_all_is_well();
}

TEST_F(FullServer, AnswersThatComeTooLateMeetClosedConnections) {
  run_clients([&](RawClient& client) {
    client.send(post("/echo", std::string(100, 'x')) + post("/large", ""));
    return false;  // goes without a look at the answers
  });
  answers_ = 1000;
  expect_all_is_well();
}

TEST(Connections, TheMostAreSharedOutInFull) {
  for (const int most : {1, 10}) {
    const Serving serving([most](ServerSettings& settings) {
      settings.shards = 3;
      settings.limits.connections = most;
    });
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < most; ++i) {
      clients.push_back(std::make_unique<RawClient>(serving.port()));
      EXPECT_EQ(clients.back()->ask(kPing).status, 200);
      std::this_thread::sleep_for(milliseconds(15));  // silent: it would have to make room
    }
    for (const auto& client : clients) EXPECT_EQ(client->ask(kPing).status, 200);
  }
}

// An upload counts from its last byte, and goes after all who have asked for nothing.
TEST(Connections, IdleOnesMakeRoomBeforeUploads) {
  const Serving serving([](ServerSettings& settings) { settings.limits.connections = 2; });
  RawClient upload = serving.client();
  upload.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na");
  std::this_thread::sleep_for(milliseconds(30));
  RawClient idle = serving.client();
  EXPECT_EQ(idle.ask(kPing).status, 200);
  std::this_thread::sleep_for(milliseconds(30));
  EXPECT_EQ(serving.client().ask(kPing).status, 200);
  EXPECT_TRUE(idle.ends());
  upload.send("b");
  EXPECT_EQ(upload.read().body, "ab");
}

// Whoever only begins requests does not drive out those who end theirs.
TEST(Connections, ThoseWhoEndTheirRequestsStay) {
  const Serving serving([](ServerSettings& settings) { settings.limits.connections = 8; });
  RawClient first = serving.client();
  RawClient second = serving.client();
  std::vector<std::unique_ptr<RawClient>> stalled;
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(first.ask(kPing).status, 200) << i;
    EXPECT_EQ(second.ask(kPing).status, 200) << i;
    std::this_thread::sleep_for(milliseconds(30));
    stalled.push_back(std::make_unique<RawClient>(serving.port()));
    stalled.back()->send("GET /pi");
  }
}

TEST(Connections, OfUploadsTheSilentOneMakesRoom) {
  const Serving serving([](ServerSettings& settings) { settings.limits.connections = 2; });
  RawClient upload = serving.client();
  upload.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na");
  std::this_thread::sleep_for(milliseconds(30));
  RawClient silent = serving.client();
  silent.send("GET /pi");
  std::this_thread::sleep_for(milliseconds(30));
  upload.send("b");
  std::this_thread::sleep_for(milliseconds(30));
  EXPECT_EQ(serving.client().ask(kPing).status, 200);
  EXPECT_TRUE(silent.ends());
  upload.send("c");
  EXPECT_EQ(upload.read().body, "abc");
}

TEST(Connections, BusyOnesMakeNoRoom) {
  Serving serving([](ServerSettings& settings) { settings.limits.connections = 1; });
  RawClient busy = serving.client();
  busy.send(post("/wait", "done"));
  serving.await_work(1);
  RawClient other = serving.client();
  const RawAnswer answer = other.read();
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.has("Retry-After: 1"));
  EXPECT_TRUE(answer.has("Connection: close"));
  EXPECT_TRUE(other.ends());
  serving.paths.let_go = true;
  EXPECT_EQ(busy.read().body, "done");
}

TEST(Answers, ThoseThatNobodyTakesAreBounded) {
  const Serving serving([](ServerSettings& settings) {
    settings.limits.bodies_bytes = size_t{50} << 20;  // three of them
  });
  {
    std::vector<std::unique_ptr<RawClient>> silent;
    for (int i = 0; i < 6; ++i) {
      silent.push_back(std::make_unique<RawClient>(serving.port(), 4096));
      silent.back()->send(post("/large", ""));
    }
    EXPECT_TRUE(serving.comes_to_count("wordfire_refused_total{limit=\"memory\"} 3"));
    const RawAnswer answer = serving.client().ask(post("/large", ""));
    EXPECT_EQ(answer.status, 503);
    EXPECT_TRUE(answer.has("Retry-After: 1"));
    EXPECT_EQ(serving.client().ask(post("/echo", "short")).body, "short");
  }
  EXPECT_TRUE(serving.comes_to_count("wordfire_connections 1"));
  EXPECT_EQ(serving.client().ask(post("/large", "")).status, 200);
}

TEST(Requests, OneOfMostOfTheRoomIsAnsweredIfItComesAlone) {
  const Serving serving(
      [](ServerSettings& settings) { settings.limits.bodies_bytes = size_t{10} << 20; });
  for (const size_t bytes : {size_t{6} << 20, size_t{9} << 20}) {
    const std::string body(bytes, 'x');
    EXPECT_EQ(serving.client().ask(post("/count", body)).body, std::to_string(bytes));
    EXPECT_EQ(serving.client().ask(post("/echo", body)).status, 413);
  }
}

TEST(Requests, ThoseOfEndedConnectionsLeaveTheirRoom) {
  const Serving serving(
      [](ServerSettings& settings) { settings.limits.bodies_bytes = size_t{10} << 20; });
  const std::string body(size_t{6} << 20, 'x');
  const std::string last =
      "POST /count HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
      "Content-Length: 6291456\r\n\r\n" +
      body;
  RawClient first = serving.client();  // which does not close, so that the server lingers
  EXPECT_EQ(first.ask(last).status, 200);
  EXPECT_TRUE(first.ends());
  EXPECT_EQ(serving.client().ask(last).status, 200);
}

TEST(Requests, WorkOnSmallOnesLeavesLessForLargeOnes) {
  Serving serving([](ServerSettings& settings) {
    settings.workers = 3;
    settings.limits.bodies_bytes = size_t{1} << 20;
  });
  const std::string small = post("/wait", std::string(size_t{30} << 10, 'x'));
  const std::string large = post("/count", std::string(size_t{100} << 10, 'x'));
  EXPECT_EQ(serving.client().ask(large).status, 200);
  RawClient first = serving.client();
  RawClient second = serving.client();
  first.send(small);
  second.send(small);
  serving.await_work(2);
  EXPECT_EQ(serving.client().ask(large).status, 503);
  EXPECT_EQ(serving.client().ask(post("/echo", "small")).body, "small");
  serving.paths.let_go = true;
  EXPECT_EQ(first.read().status, 200);
  EXPECT_EQ(second.read().status, 200);
  EXPECT_EQ(serving.client().ask(large).status, 200);
}

TEST(Requests, WorkOnLargeOnesIsBounded) {
  Serving serving([](ServerSettings& settings) {
    settings.workers = 3;
    settings.limits.bodies_bytes = size_t{10} << 20;
  });
  const std::string request = post("/wait", std::string(size_t{1} << 20, 'x'));
  RawClient first = serving.client();
  first.send(request);
  serving.await_work(1);
  EXPECT_EQ(serving.client().ask(request).status, 503);  // each counts half of the room, and itself
  EXPECT_EQ(serving.client().ask(post("/echo", "short")).body, "short");
  serving.paths.let_go = true;
  EXPECT_EQ(first.read().status, 200);
  EXPECT_EQ(serving.client().ask(request).status, 200);
}

}  // namespace
}  // namespace wordfire::serve
