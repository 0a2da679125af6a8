// One answer on its way to a client that may be slow to take it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "serve/answer_head.h"

namespace wordfire::serve {

class AnswerWriter {
 public:
  enum class Progress { kWhole, kPart, kClientGone };

  // has_body: false for HEAD, whose answer tells of the body alone.
  void begin(const AnswerHead& head, std::string body, bool has_body);
  // Writes what the socket takes at once, without waiting.
  [[nodiscard]] Progress send(int socket);
  // Bytes that went since begin().
  [[nodiscard]] size_t sent() const { return sent_; }
  // Gives the memory of the body back; nothing is left to send.
  void end() noexcept {
    sent_ = 0;
    head_.clear();
    std::string().swap(body_);  // an empty string assigned would leave it its memory
  }

 private:
  std::string head_;
  std::string body_;
  size_t sent_ = 0;  // of both together
};

}  // namespace wordfire::serve
