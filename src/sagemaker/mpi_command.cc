#include "sagemaker/mpi_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.h"
#include "sagemaker/host_address.h"
#include "sagemaker/local_socket.h"

namespace wordfire {
namespace {

// A word without the blanks around it and the pair of quotes that a shell would take off.
std::string unquoted(std::string_view word) {
  while (word.starts_with(' ')) word.remove_prefix(1);
  while (word.ends_with(' ')) word.remove_suffix(1);
  if (word.size() >= 2 && word.starts_with('"') && word.ends_with('"')) {
    word = word.substr(1, word.size() - 2);
  }
  return std::string(word);
}

}  // namespace

std::vector<std::string> mpirun_command(std::span<const std::string> addresses,
                                        const std::vector<std::string>& agent_command,
                                        const std::vector<std::string>& rank_command) {
  const std::string network = common_network(addresses);
  std::vector<std::string> command = {"mpirun", "--quiet", "--bind-to", "none", "--map-by", "node"};
  const auto add = [&](std::initializer_list<std::string> words) {
    command.insert(command.end(), words);
  };
  add({"--host", fmt::format("{}", fmt::join(addresses, ","))});
  add({"-np", std::to_string(addresses.size())});
  // ssh's place is taken by the agent, who knows each host itself.
  add({"--mca", "plm", "rsh", "--mca", "plm_rsh_no_tree_spawn", "1"});
  add({"--mca", "plm_rsh_agent", fmt::format("{}", fmt::join(agent_command, " "))});
  // A host has other interfaces than the one that the others reach it by.
  add({"--mca", "oob_tcp_if_include", network, "--mca", "btl_tcp_if_include", network});
  // One way for the data, that every machine has: no search for InfiniBand at each start.
  add({"--mca", "pml", "ob1", "--mca", "btl", "tcp,self,vader"});
  add({"--mca", "btl_vader_single_copy_mechanism", "none"});  // not allowed in containers
  command.insert(command.end(), rank_command.begin(), rank_command.end());
  return command;
}

Environment mpi_environment(const std::string& socket_path) {
  return {{"OMPI_ALLOW_RUN_AS_ROOT", "1"},
          {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"},
          {kHostSocket, socket_path}};
}

std::vector<std::string> orted_command(std::span<const std::string> shell_words) {
  std::vector<std::string> command;
  for (const std::string& word : shell_words) command.push_back(unquoted(word));
  if (command.empty() || command.front() != "orted") {
    throw Error::internal(fmt::format(R"(mpirun: wants "{}" on another host, want "orted")",
                                      command.empty() ? "" : command.front()));
  }
  return command;
}

}  // namespace wordfire
