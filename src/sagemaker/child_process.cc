#include "sagemaker/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "core/error.h"
#include "io/file_descriptor.h"

namespace wordfire {
namespace {

[[noreturn]] void fail(const std::string& program) {
  throw Error(ErrorKind::kInternal,
              program + ": cannot be started (" + std::strerror(errno) +
                  "), want Open MPI's programs on the path; is openmpi-bin installed?");
}

constexpr int kNotStarted = 127;

// In the child. Nothing here may allocate or lock: another thread may have held what it needs.
[[noreturn]] void become(char* const* argv, char* const* environment, int error_pipe) {
  (void)::setpgid(0, 0);
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int each : {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
    (void)std::signal(each, SIG_DFL);
  }
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing >= 0) (void)::dup2(nothing, STDIN_FILENO);
  ::execvpe(argv[0], argv, environment);
  const int error = errno;
  (void)!::write(error_pipe, &error, sizeof error);
  ::_exit(kNotStarted);
}

std::vector<std::string> merged_environment(const Environment& more) {
  std::vector<std::string> all;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view text = *each;
    const auto same = [&](const auto& pair) {
      return text.substr(0, text.find('=')) == pair.first;
    };
    if (std::ranges::find_if(more, same) == more.end()) all.emplace_back(text);
  }
  for (const auto& [name, value] : more) all.push_back(fmt::format("{}={}", name, value));
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command, const Environment& more) {
  std::vector<std::string> words = command;
  std::vector<std::string> settings = merged_environment(more);
  const std::vector<char*> argv = pointers(words);
  const std::vector<char*> environment = pointers(settings);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail(command.front());
  const FileDescriptor read_end(ends[0]);
  FileDescriptor write_end(ends[1]);
  pid_ = ::fork();
  if (pid_ == 0) become(argv.data(), environment.data(), write_end.get());
  if (pid_ < 0) fail(command.front());
  (void)write_end.close();
  int error = 0;
  if (::read(read_end.get(), &error, sizeof error) == sizeof error) {
    (void)::waitpid(pid_, nullptr, 0);
    errno = error;
    fail(command.front());
  }
}

ChildProcess::~ChildProcess() {
  if (poll()) return;
  send(SIGKILL);
  (void)::waitpid(pid_, nullptr, 0);
}

std::optional<int> ChildProcess::poll() {
  int status = 0;
  for (pid_t ended = 0; !status_ && (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (ended != pid_) continue;
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  return status_;
}

void ChildProcess::send(int signal) const {
  if (!status_) (void)::kill(-pid_, signal);
}

}  // namespace wordfire
