// Where the limit of open files is low, a server has fewer connections, and descriptors for all
// else that it opens. A program of its own: a limit that was lowered cannot be raised again.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdio>
#include <string>

#include "io/folder_names.h"
#include "tests/serve/running_server.h"

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

}  // namespace
}  // namespace wordfire::serve
