#include "exit_code.h"

#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "standard_streams.h"

namespace wordfire {
namespace {

// As in <sysexits.h>.
constexpr int kExitUsage = 64;
constexpr int kExitData = 65;
constexpr int kExitNoInput = 66;
constexpr int kExitInternal = 70;
constexpr int kExitCannotCreate = 73;

int exit_code(SystemFault fault) {
  switch (fault) {
    case SystemFault::kNoInput:
      return kExitNoInput;
    case SystemFault::kCannotCreate:
      return kExitCannotCreate;
    case SystemFault::kNone:
    case SystemFault::kIo:
      return kExitIo;
  }
  return kExitIo;
}

constexpr std::string_view kNoMemory =
    "memory: the system gave no more, want a smaller -bucket, -dim or input";

// end_at_once() has no other way to it.
FailureReport report_failure = print_failure;

// Memory can run out where an exception cannot pass: in a destructor of a library (nlohmann-json
// allocates in one), in a team of threads that would wait for each other. No signal and no core.
[[noreturn]] void end_at_once() noexcept {
  try {
    if (const std::exception_ptr pending = std::current_exception()) {
      std::rethrow_exception(pending);
    }
  } catch (const std::bad_alloc&) {
    report_failure(kNoMemory, nullptr);
    _exit(kExitInternal);
  } catch (...) {
  }
  std::abort();
}

}  // namespace

int exit_code(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::kUsage:
      return kExitUsage;
    case ErrorKind::kData:
    case ErrorKind::kModel:
      return kExitData;
    case ErrorKind::kSystem:
      return exit_code(error.fault());
    case ErrorKind::kInternal:
      return kExitInternal;
  }
  return kExitInternal;
}

void print_failure(std::string_view message, const Error*) noexcept { print_error(message); }

int run_program(const std::function<int()>& program, FailureReport report) {
  report_failure = report;
  std::set_terminate(end_at_once);
  try {
    return program();
  } catch (const Error& error) {
    report(error.what(), &error);
    return exit_code(error);
  } catch (const std::bad_alloc&) {
    report(kNoMemory, nullptr);
  } catch (const std::length_error&) {
    report(
        "memory: more was asked for than can be addressed, want a smaller -bucket, -dim or input",
        nullptr);
  } catch (const std::exception& error) {
    report(std::string("internal error: ") + error.what(), nullptr);
  }
  return kExitInternal;
}

}  // namespace wordfire
