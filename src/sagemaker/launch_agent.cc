#include "sagemaker/launch_agent.h"

#include <fmt/format.h>
#include <poll.h>

#include <nlohmann/json.hpp>

#include "sagemaker/local_socket.h"
#include "sagemaker/mpi_command.h"

namespace wordfire {
namespace {

constexpr int kMostMilliseconds = 10000;  // for an answer from the same machine

}  // namespace

void launch_on_host(const std::string& socket_path, std::span<const std::string> words) {
  if (words.empty()) throw Error::internal("mpirun: wants no host, want one");
  MessageLink link(LocalSocket::connect(socket_path));
  link.send(
      {{"is", "launch"}, {"address", words[0]}, {"command", orted_command(words.subspan(1))}});
  while (link.is_open()) {
    pollfd wanted = link.wanted();
    if (::poll(&wanted, 1, kMostMilliseconds) == 0) break;
    if (!link.exchange().empty()) return;
  }
  throw Error::internal(fmt::format("host {}: cannot be asked to start orted", words[0]));
}

}  // namespace wordfire
