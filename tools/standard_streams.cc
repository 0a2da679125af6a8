#include "standard_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <utility>

#include "core/error.h"

namespace wordfire {
namespace {

[[noreturn]] void fail_stdout(int error) {
  throw Error::io(std::string("standard output: ") + std::strerror(error) +
                  ", want it open and with room");
}

// Writes some of `text` and returns how much, or -1 with errno; waits where the descriptor does not
// block.
ssize_t write_some(int fd, std::string_view text) {
  for (;;) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) return written;
    if (errno == EAGAIN) {
      pollfd ready{fd, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return -1;
    }
  }
}

// Whether all of `text` was written; errno says why not.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write_some(fd, text);
    if (written < 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

void protect_standard_streams() {
  (void)std::signal(SIGPIPE, SIG_IGN);
  (void)std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is an error of write(), too
  // Opened the wrong way round, so that using a stream that the caller closed still fails.
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO}) {
    const int mode = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (::fcntl(fd, F_GETFD) < 0) (void)::open("/dev/null", mode);
  }
  if (::fcntl(STDERR_FILENO, F_GETFD) < 0) (void)::open("/dev/null", O_WRONLY);
}

void write_stdout(std::string_view text) {
  if (!write_all(STDOUT_FILENO, text)) fail_stdout(errno);
}

void close_stdout() {
  if (::close(STDOUT_FILENO) != 0 && errno != EINTR) fail_stdout(errno);
}

void print_error(std::string_view message) {
  // No allocation: this is also what says that memory has run out.
  constexpr std::string_view kStart = "wordfire: ";
  char line[4096];
  size_t size = kStart.copy(line, sizeof(line));
  const auto add = [&](char c) {
    if (size == sizeof(line)) write_stderr({line, std::exchange(size, 0)});
    line[size++] = c;
  };
  for (const char c : message) {
    const bool control = static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    add(control ? '?' : c);
  }
  add('\n');
  write_stderr({line, size});
}

void write_stderr(std::string_view text) { (void)write_all(STDERR_FILENO, text); }

}  // namespace wordfire
