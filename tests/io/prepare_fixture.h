// A folder of its own for each test of prepare, and small verbs for it.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/error.h"
#include "io/prepare.h"

namespace wordfire {

namespace fs = std::filesystem;

class PrepareTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(testing::TempDir()) /
        (std::string("prepare_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    EXPECT_TRUE(file) << name;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  [[nodiscard]] std::vector<std::string> lines(const std::string& name) const {
    std::istringstream text(read(name));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }

  [[nodiscard]] PrepareOptions options(const std::string& input) const {
    PrepareOptions options;
    options.input = {input};
    options.output = path("out");
    options.thread = 2;
    return options;
  }
  static PrepareReport run(const PrepareOptions& options) { return PrepareJob(options).run(); }
  // The text that a table becomes.
  std::string prepared(const std::string& name, const std::string& table) const {
    run(options(write(name, table)));
    return read("out");
  }
  static std::string error_of(const PrepareOptions& options, ErrorKind kind = ErrorKind::kData) {
    try {
      run(options);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      return error.what();
    }
    return "no error";
  }

  // Distinct rows of three classes, some with line ends in quotes.
  static std::string table(int rows) {
    std::string text;
    for (int i = 0; i < rows; ++i) {
      text += fmt::format("c{},\"Title, {}{}\",body {}{}", i % 3, i,
                          i % 7 == 0 ? "\n\"\"x\"\"" : "", i * 31, i % 2 == 0 ? "\r\n" : "\n");
    }
    return text;
  }

  fs::path folder_;
};

}  // namespace wordfire
