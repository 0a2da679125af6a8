// Where the limit of open files is low, a server has fewer connections, and descriptors for all
// else that it opens. A program of its own: a limit that was lowered cannot be raised again.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "io/folder_names.h"
#include "tests/serve/running_server.h"
#include "tests/serve/small_model_files.h"

namespace wordfire::serve {
namespace {

int open_files() {
  int files = -1;  // without the one for the folder
  for_each_name("/proc/self/fd", [&](const std::string&) { ++files; });
  return files;
}

TEST(OpenFiles, ManyShardsHaveTheirsBesideConnectionsAndWhoeverIsTurnedAway) {
  constexpr int kLimit = 512;
  constexpr int kShards = 32;
  constexpr int kTurnedAway = 4 * kShards;
  constexpr int kArriving = 16;
  const rlimit limit{kLimit, kLimit};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  ServerSettings settings = quick_settings();
  settings.shards = kShards;
  Paths paths;
  Metrics metrics;
  int connections = 0;
  HttpServer server(paths, metrics, settings, [&](std::string_view line) {
    const size_t number = line.find("leaves ");
    if (number != std::string_view::npos) connections = std::atoi(line.data() + number + 7);
  });
  server.start();
  EXPECT_GT(connections, 16);
  EXPECT_LE(open_files() + connections + kTurnedAway + kArriving, kLimit);
  server.request_stop();
  EXPECT_TRUE(server.wait());
  EXPECT_TRUE(server.wait());  // again
}

std::string warning_at(int limit) {
  const rlimit files{static_cast<rlim_t>(limit), static_cast<rlim_t>(limit)};
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
  Paths paths;
  Metrics metrics;
  std::string warning;
  const HttpServer server(paths, metrics, quick_settings(),
                          [&](std::string_view line) { warning += line; });
  return warning;
}

TEST(OpenFiles, ALimitThatIsNotEnoughIsNotSaidToBe) {
  const std::string warning = warning_at(40);
  EXPECT_NE(warning.find("(ulimit -n) is 40, want at least "), std::string::npos) << warning;
  EXPECT_NE(warning.find(" for 16 connections"), std::string::npos) << warning;
}

// Descriptors that are taken until this goes, all but `free`.
class FewDescriptors {
 public:
  explicit FewDescriptors(size_t free) {
    for (int file = ::dup(0); file >= 0; file = ::dup(0)) files_.push_back(file);
    for (; free > 0; --free, files_.pop_back()) ::close(files_.back());
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  ~FewDescriptors() {
    for (const int file : files_) ::close(file);
  }

 private:
  std::vector<int> files_;
};

TEST(OpenFiles, WhoTakesTheLastOneDrivesNobodyOut) {
  if (!kDescriptorsMayRunOut) GTEST_SKIP() << "a sanitizer wants descriptors for itself";
  const rlimit limit{200, 200};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  const Serving serving([](ServerSettings& settings) { settings.shards = 2; });
  RawClient idle = serving.client();
  EXPECT_EQ(idle.ask(kPing).status, 200);
  std::this_thread::sleep_for(milliseconds(100));
  const FewDescriptors few(2);  // this client's, and the server's for it
  EXPECT_EQ(serving.client().ask(kPing).status, 200);
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(idle.ask(kPing).status, 200);
}

}  // namespace
}  // namespace wordfire::serve
