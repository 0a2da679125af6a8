#include "tools/exit_code.h"

#include <gtest/gtest.h>

#include <functional>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace wordfire {
namespace {

// The status of a program that throws `thrown`, and what it says, in `said`.
template <typename Thrown>
int status_of(const Thrown& thrown, std::string& said) {
  testing::internal::CaptureStderr();
  const int status = run_program([&]() -> int { throw thrown; });
  said = testing::internal::GetCapturedStderr();
  return status;
}

TEST(ExitCode, EveryKindOfErrorHasOne) {
  EXPECT_EQ(exit_code(Error::usage("")), 64);
  EXPECT_EQ(exit_code(Error::data("")), 65);
  EXPECT_EQ(exit_code(Error::model("")), 65);
  EXPECT_EQ(exit_code(Error::no_input("")), 66);
  EXPECT_EQ(exit_code(Error::internal("")), 70);
  EXPECT_EQ(exit_code(Error::cannot_create("")), 73);
  EXPECT_EQ(exit_code(Error::io("")), 74);
  EXPECT_EQ(exit_code_of_signal(2), 130);
  EXPECT_EQ(exit_code_of_signal(15), 143);
}

TEST(ExitCode, AProgramThatEndsKeepsItsStatus) {
  EXPECT_EQ(run_program([] { return 0; }), 0);
  EXPECT_EQ(run_program([] { return 143; }), 143);
}

TEST(ExitCode, AnErrorIsOneLine) {
  std::string said;
  EXPECT_EQ(status_of(Error::data("a\nb: \x1b[31mred"), said), 65);
  EXPECT_EQ(said, "wordfire: a?b: ?[31mred\n");
}

TEST(ExitCode, MemoryThatRanOutIsInternal) {
  std::string said;
  EXPECT_EQ(status_of(std::bad_alloc(), said), 70);
  EXPECT_EQ(said.rfind("wordfire: memory: ", 0), 0u) << said;
  EXPECT_EQ(status_of(std::length_error("x"), said), 70);
}

TEST(ExitCode, OtherExceptionsAreInternal) {
  std::string said;
  EXPECT_EQ(status_of(std::runtime_error("odd"), said), 70);
  EXPECT_EQ(said, "wordfire: internal error: odd\n");
}

TEST(ExitCode, AnotherReportGetsTheMessageAndTheError) {
  static std::string said;
  static std::optional<ErrorKind> kind;
  const auto report = [](std::string_view message, const Error* error) noexcept {
    said = message;
    kind = error != nullptr ? std::optional(error->kind()) : std::nullopt;
  };
  EXPECT_EQ(run_program([]() -> int { throw Error::data("why"); }, report), 65);
  EXPECT_EQ(said, "why");
  EXPECT_EQ(kind, ErrorKind::kData);
  EXPECT_EQ(run_program([]() -> int { throw std::runtime_error("odd"); }, report), 70);
  EXPECT_EQ(said, "internal error: odd");
  EXPECT_FALSE(kind.has_value());
}

}  // namespace
}  // namespace wordfire
