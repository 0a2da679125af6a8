#include "tools/line_workers.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/error.h"

namespace wordfire {
namespace {

class LineWorkers : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  void write_file(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }

  // What map_lines makes of the file when every line becomes itself in brackets, its end as '|'.
  std::string bracketed(int threads) {
    std::string written;
    const auto bracket = [](int, std::string_view text, std::string& out) {
      const bool ended = text.ends_with('\n');
      out += '[';
      out += text.substr(0, text.size() - (ended ? 1 : 0));
      out += ended ? "|]" : "]";
    };
    map_lines(path_, threads, bracket, [&](std::string_view text) { written += text; });
    return written;
  }

  std::string path_ =
      testing::TempDir().append("line_workers_test.").append(std::to_string(getpid()));
};

TEST_F(LineWorkers, EveryLineComesOutInItsPlace) {
  std::string wanted;
  std::string text;
  for (int i = 0; i < 200000; ++i) {
    const std::string number = std::to_string(i);
    text.append(number).append("\n");
    wanted.append("[").append(number).append("|]");
  }
  write_file(text);
  for (const int threads : {1, 2, 5}) EXPECT_EQ(bracketed(threads), wanted) << threads;
}

TEST_F(LineWorkers, BlankLinesAndALastLineWithoutEndCount) {
  write_file("\n\na\n\nb");
  EXPECT_EQ(bracketed(2), "[|][|][a|][|][b]");
  write_file("");
  EXPECT_EQ(bracketed(2), "");
}

TEST_F(LineWorkers, MuchTextFromOneBlockGoesOutInPieces) {
  write_file(std::string(100, '\n'));
  size_t most = 0;
  size_t total = 0;
  const auto megabyte = [](int, std::string_view, std::string& out) { out.append(1 << 20, 'x'); };
  map_lines(path_, 2, megabyte, [&](std::string_view text) {
    most = std::max(most, text.size());
    total += text.size();
  });
  EXPECT_EQ(total, size_t{100} << 20);
  EXPECT_LE(most, size_t{8} << 20);
}

TEST_F(LineWorkers, FailuresEndTheWork) {
  write_file(std::string(1 << 20, '\n'));
  const auto fail = [](int, std::string_view, std::string&) { throw Error::data("line"); };
  EXPECT_THROW(map_lines(path_, 3, fail, [](std::string_view) {}), Error);
  const auto copy = [](int, std::string_view text, std::string& out) { out += text; };
  EXPECT_THROW(map_lines(path_, 3, copy, [](std::string_view) { throw Error::io("full"); }), Error);
  EXPECT_THROW(each_line(path_, 3, [](int, std::string_view) { throw Error::data("line"); }),
               Error);
}

TEST_F(LineWorkers, EachLineIsSeenOnce) {
  write_file(std::string(300000, '\n') + "last");
  std::atomic<int64_t> lines = 0;
  each_line(path_, 3, [&](int, std::string_view) { ++lines; });
  EXPECT_EQ(lines, 300001);
}

}  // namespace
}  // namespace wordfire
