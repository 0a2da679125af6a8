// The addresses under which the hosts of a job reach each other: IPv4, as "10.0.3.17".
#pragma once

#include <netinet/in.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace wordfire {

// What `host` resolves to, as other hosts reach it; nothing where it does not, or not yet: the
// names of a job become known while its hosts start. Loopback addresses, which a host's own file of
// names may have for it, are left out. Waits for the name server, some seconds if it does not
// answer.
[[nodiscard]] std::vector<std::string> find_addresses(const std::string& host);

// The socket address of an address and a port. Throws std::invalid_argument for what is none.
[[nodiscard]] sockaddr_in socket_address(const std::string& address, int port);

// Of a connected socket, its own end and the other one; "" if it is not connected any more.
[[nodiscard]] std::string own_address(int socket);
[[nodiscard]] std::string peer_address(int socket);

// The smallest network that all of them are in: "10.0.3.16/30". Open MPI takes it as the name of
// the interface to use, which differs between hosts where an address in it does not.
[[nodiscard]] std::string common_network(std::span<const std::string> addresses);

}  // namespace wordfire
