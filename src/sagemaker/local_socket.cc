#include "sagemaker/local_socket.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>

#include "sagemaker/host_job.h"

namespace wordfire {
namespace {

// The address of a path that is short enough to be one.
sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw Error::cannot_create(
        fmt::format("{}: got a path of {} bytes for a socket, want less than {}; set TMPDIR", path,
                    path.size(), sizeof address.sun_path));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

// Sends a whole line, or what can be sent of it: without memory a process ends without a word.
template <typename Make>
void send_line(int socket, Make make) noexcept {
  try {
    const std::string line =
        make().dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
    for (size_t at = 0; at < line.size();) {
      const ssize_t sent = ::send(socket, line.data() + at, line.size() - at, MSG_NOSIGNAL);
      if (sent <= 0) return;
      at += static_cast<size_t>(sent);
    }
  } catch (const std::exception&) {
  }
}

}  // namespace

LocalSocket::LocalSocket(const std::string& path)
    : path_(path), socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  const sockaddr_un address = address_of(path);
  const auto* const bare = reinterpret_cast<const sockaddr*>(&address);
  if (::bind(socket_.get(), bare, sizeof address) != 0 || ::listen(socket_.get(), SOMAXCONN) != 0) {
    throw Error::cannot_create(
        fmt::format("{}: cannot make the socket ({}); set TMPDIR", path, std::strerror(errno)));
  }
}

std::unique_ptr<MessageLink> LocalSocket::accept() const {
  FileDescriptor socket(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!socket.is_open()) return nullptr;
  return std::make_unique<MessageLink>(std::move(socket));
}

FileDescriptor LocalSocket::connect(const std::string& path) {
  const sockaddr_un address = address_of(path);
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto* const bare = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(socket.get(), bare, sizeof address) != 0) {
    throw Error::internal(
        fmt::format("{}: nobody listens there ({}), want the program that "
                    "starts this one",
                    path, std::strerror(errno)));
  }
  return socket;
}

RankReport::RankReport(const std::string& socket_path)
    : socket_(LocalSocket::connect(socket_path)) {}

void RankReport::started() noexcept {
  send_line(socket_.get(), [] {
    return nlohmann::json{{"is", "started"}, {"process", ::getpid()}};
  });
}

void RankReport::ended(bool stopped) noexcept {
  send_line(socket_.get(), [&] { return nlohmann::json{{"is", "ended"}, {"stopped", stopped}}; });
}

void RankReport::failed(const Error& error, bool is_echo) noexcept {
  send_line(socket_.get(), [&] {
    return nlohmann::json{{"is", "ended"}, {"error", to_json(error)}, {"echo", is_echo}};
  });
}

}  // namespace wordfire
