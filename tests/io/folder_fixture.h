// A folder of its own for each test, and small verbs for the files in it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "core/error.h"

namespace wordfire {

// What `work` throws, if it throws one of our errors.
template <typename Work>
std::optional<Error> error_of(Work work) {
  try {
    static_cast<void>(work());
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

// The message of the error that `work` must throw, of this kind.
template <typename Work>
std::string message_of(ErrorKind kind, Work work) {
  const std::optional<Error> error = error_of(work);
  if (!error) return "no error";
  EXPECT_EQ(error->kind(), kind) << error->what();
  return error->what();
}
template <typename Work>
std::string message_of(SystemFault fault, Work work) {
  const std::optional<Error> error = error_of(work);
  if (!error) return "no error";
  EXPECT_EQ(error->fault(), fault) << error->what();
  return error->what();
}

// `work` must throw an error of this kind, or for this fault.
template <typename Kind, typename Work>
void expect_error(Kind kind, Work work) {
  EXPECT_NE(message_of(kind, work), "no error");
}

class FolderTest : public testing::Test {
 protected:
  FolderTest() {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string(test->test_suite_name()) + "." + test->name() + "." +
               std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~FolderTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }

  std::string write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }
  [[nodiscard]] static std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  [[nodiscard]] std::string read(const std::string& name) const { return read_file(path(name)); }

  // Names of all files in the folder, hidden ones too, sorted.
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace wordfire
