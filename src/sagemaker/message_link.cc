#include "sagemaker/message_link.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace wordfire {
namespace {

// Hyperparameters and channels of a job are smaller by far.
constexpr size_t kMostBytes = 4U << 20;

bool must_wait() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

MessageLink::MessageLink(FileDescriptor socket) : socket_(std::move(socket)) {
  const int flags = ::fcntl(socket_.get(), F_GETFL);
  (void)::fcntl(socket_.get(), F_SETFL, flags | O_NONBLOCK);
}

void MessageLink::send(const nlohmann::json& message) {
  // Texts of users may be anything; what is no UTF-8 arrives with the mark for that.
  to_send_ += message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
  spoke_ = Clock::now();
  flush();
}

void MessageLink::flush() {
  while (is_open() && !to_send_.empty()) {
    const ssize_t sent = ::send(socket(), to_send_.data(), to_send_.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      to_send_.erase(0, static_cast<size_t>(sent));
    } else {
      if (!must_wait()) close();
      return;
    }
  }
}

void MessageLink::receive() {
  char bytes[16384];
  while (is_open() && received_.size() <= kMostBytes) {
    const ssize_t size = ::recv(socket(), bytes, sizeof bytes, 0);
    if (size > 0) {
      received_.append(bytes, static_cast<size_t>(size));
      heard_ = Clock::now();
    } else {
      if (size == 0 || !must_wait()) close();
      return;
    }
  }
}

std::vector<nlohmann::json> MessageLink::exchange() {
  flush();
  receive();
  std::vector<nlohmann::json> messages;
  size_t begin = 0;
  for (size_t end = 0; (end = received_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    auto message =
        nlohmann::json::parse(received_.begin() + static_cast<std::ptrdiff_t>(begin),
                              received_.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    if (!message.is_object()) {
      close();
      return messages;
    }
    messages.push_back(std::move(message));
  }
  received_.erase(0, begin);
  if (received_.size() > kMostBytes) close();
  return messages;
}

pollfd MessageLink::wanted() const {
  const bool sending = !to_send_.empty();
  const int events = sending ? POLLIN | POLLOUT : POLLIN;
  return {.fd = socket(), .events = static_cast<short>(events), .revents = 0};
}

}  // namespace wordfire
