// A program that this one starts and ends: Open MPI's mpirun and orted.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wordfire {

using Environment = std::vector<std::pair<std::string, std::string>>;

class ChildProcess {
 public:
  // Starts the program that command[0] names, on the path if it has no slash, in a process group
  // of its own, with `more` added to the environment and nothing to read. It is killed if the
  // thread that starts it ends first. Throws Error (system) if it cannot be started.
  ChildProcess(const std::vector<std::string>& command, const Environment& more);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  // Kills its group if it still runs.
  ~ChildProcess();

  // Its exit status, 128 + n if signal n ended it, nothing while it runs. Waits for every other
  // child that has ended on the way: process 1 of a container inherits those of others.
  [[nodiscard]] std::optional<int> poll();
  // Sends a signal to its group, if it still runs.
  void send(int signal) const;

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

}  // namespace wordfire
