// The one family of errors. The kind decides the exit code of the programs, the HTTP status of the
// server and the prefix of the container's failure file, each in one table of its own.
#pragma once

#include <stdexcept>
#include <string>

namespace wordfire {

enum class ErrorKind {
  kUsage,     // an option or argument is wrong
  kData,      // training, test or prepared text is wrong
  kModel,     // a model file is wrong
  kSystem,    // the machine said no; SystemFault says to what
  kInternal,  // training diverged, memory ran out, or a bug of ours
};

// What the machine refused; kNone for every other kind of error.
enum class SystemFault { kNone, kNoInput, kCannotCreate, kIo };

// An error that a user can act on. Messages read "where: what was found, what was wanted, what to
// do" on one line, without a final newline or full stop.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message, SystemFault fault = SystemFault::kNone)
      : std::runtime_error(message), kind_(kind), fault_(fault) {}

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  [[nodiscard]] SystemFault fault() const noexcept { return fault_; }

  static Error usage(const std::string& message) { return {ErrorKind::kUsage, message}; }
  static Error data(const std::string& message) { return {ErrorKind::kData, message}; }
  static Error model(const std::string& message) { return {ErrorKind::kModel, message}; }
  static Error internal(const std::string& message) { return {ErrorKind::kInternal, message}; }
  // A file or folder that should be read is not there or not readable.
  static Error no_input(const std::string& message) {
    return {ErrorKind::kSystem, message, SystemFault::kNoInput};
  }
  // A file that should be written cannot be created.
  static Error cannot_create(const std::string& message) {
    return {ErrorKind::kSystem, message, SystemFault::kCannotCreate};
  }
  // Reading or writing failed half-way (disk full, I/O error).
  static Error io(const std::string& message) {
    return {ErrorKind::kSystem, message, SystemFault::kIo};
  }

 private:
  ErrorKind kind_;
  SystemFault fault_;
};

}  // namespace wordfire
