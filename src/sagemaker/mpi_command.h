// How Open MPI 4.1 is started on the hosts of a job.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sagemaker/child_process.h"

namespace wordfire {

// The mpirun that starts `rank_command` once on each of these addresses: rank r on addresses[r],
// this host's own being the first. agent_command: what it calls to start its daemon, orted, on
// another host, with the host's address and the daemon's command as further arguments.
[[nodiscard]] std::vector<std::string> mpirun_command(std::span<const std::string> addresses,
                                                      const std::vector<std::string>& agent_command,
                                                      const std::vector<std::string>& rank_command);

// What mpirun and orted are told by their environment: that they run as root, as everything in a
// container does, and where this host listens to what they start (local_socket.h).
[[nodiscard]] Environment mpi_environment(const std::string& socket_path);

// The command of an orted as its agent gets it, in words meant for a remote shell, as a program
// takes it. Throws Error (internal) for a command of another program: nothing else is started on
// the word of another host.
[[nodiscard]] std::vector<std::string> orted_command(std::span<const std::string> shell_words);

}  // namespace wordfire
