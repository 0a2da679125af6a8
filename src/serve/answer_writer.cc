#include "serve/answer_writer.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace wordfire::serve {

void AnswerWriter::begin(const AnswerHead& head, std::string body, bool has_body) {
  sent_ = 0;
  head_.clear();
  append_head(head, head_);
  body_ = has_body ? std::move(body) : std::string();
}

AnswerWriter::Progress AnswerWriter::send(int socket) {
  while (sent_ < head_.size() + body_.size()) {
    const size_t of_head = std::min(sent_, head_.size());
    const size_t of_body = sent_ - of_head;
    std::array<iovec, 2> parts = {iovec{head_.data() + of_head, head_.size() - of_head},
                                  iovec{body_.data() + of_body, body_.size() - of_body}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = body_.empty() ? 1 : 2;
    const ssize_t bytes = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (bytes >= 0) {
      sent_ += static_cast<size_t>(bytes);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return Progress::kPart;
    } else if (errno != EINTR) {
      return Progress::kClientGone;
    }
  }
  return Progress::kWhole;
}

}  // namespace wordfire::serve
