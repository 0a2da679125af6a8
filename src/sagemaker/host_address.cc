#include "sagemaker/host_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <stdexcept>

namespace wordfire {
namespace {

constexpr int kAddressBits = 32;

std::string text_of(const sockaddr_in& address) {
  char text[INET_ADDRSTRLEN] = "";
  ::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
  return text;
}

uint32_t number_of(const std::string& address) {
  return ntohl(socket_address(address, 0).sin_addr.s_addr);
}

// call: getsockname or getpeername.
template <typename Call>
std::string address_by(Call call, int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  const bool known = call(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  return known && address.sin_family == AF_INET ? text_of(address) : "";
}

}  // namespace

std::vector<std::string> find_addresses(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &wanted, &first) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(first, ::freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* one = first; one != nullptr; one = one->ai_next) {
    const std::string address = text_of(*reinterpret_cast<const sockaddr_in*>(one->ai_addr));
    if (!address.starts_with("127.")) addresses.push_back(address);
  }
  return addresses;
}

sockaddr_in socket_address(const std::string& address, int port) {
  sockaddr_in socket{};
  socket.sin_family = AF_INET;
  socket.sin_port = htons(static_cast<uint16_t>(port));
  if (::inet_pton(AF_INET, address.c_str(), &socket.sin_addr) != 1) {
    throw std::invalid_argument("no IPv4 address: " + address);
  }
  return socket;
}

std::string own_address(int socket) { return address_by(::getsockname, socket); }

std::string peer_address(int socket) { return address_by(::getpeername, socket); }

std::string common_network(std::span<const std::string> addresses) {
  const uint32_t first = number_of(addresses.front());
  uint32_t difference = 0;
  for (const std::string& address : addresses) difference |= first ^ number_of(address);
  const int bits = std::countl_zero(difference);
  const uint32_t mask = bits == 0 ? 0 : ~uint32_t{0} << (kAddressBits - bits);
  sockaddr_in network{};
  network.sin_addr.s_addr = htonl(first & mask);
  return fmt::format("{}/{}", text_of(network), bits);
}

}  // namespace wordfire
