#include "exit_code.h"

#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include "standard_streams.h"

namespace wordfire {
namespace {

// As in <sysexits.h>.
constexpr int kExitUsage = 64;
constexpr int kExitData = 65;
constexpr int kExitNoInput = 66;
constexpr int kExitInternal = 70;
constexpr int kExitCannotCreate = 73;
constexpr int kExitIo = 74;

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

int run_program(const std::function<int()>& program) {
  try {
    return program();
  } catch (const Error& error) {
    print_error(error.what());
    return exit_code(error);
  } catch (const std::bad_alloc&) {
    print_error("memory: the system gave no more, want a smaller -bucket, -dim or input");
  } catch (const std::length_error&) {
    print_error(
        "memory: more was asked for than can be addressed, want a smaller -bucket, -dim or input");
  } catch (const std::exception& error) {
    print_error(std::string("internal error: ") + error.what());
  }
  return kExitInternal;
}

}  // namespace wordfire
